package main

import (
	"flag"
	"fmt"
	"strings"
)

// shells lists what completion knows, by name.
func shells() []string { return []string{"bash", "zsh", "fish"} }

func completionVerb() *verb {
	return &verb{
		name:  "completion",
		args:  "bash|zsh|fish",
		short: "print the completion script of a shell",
		long: `
Print a script that teaches bash, zsh or fish to complete penumbra's verbs and
flags, and after "penumbra run" the command and its arguments.`,
		examples: []example{
			{`eval "$(penumbra completion bash)"`, "complete in this shell"},
			{"penumbra completion fish > ~/.config/fish/completions/penumbra.fish", "complete in every fish to come"},
			{`penumbra completion zsh > "${fpath[1]}/_penumbra"`, "the same for zsh"},
		},
		words: shells,
		setup: func(*flag.FlagSet) func(streams, []string) int {
			return func(s streams, args []string) int {
				if len(args) != 1 {
					return s.usage("completion", "name one shell: bash, zsh or fish")
				}
				switch args[0] {
				case "bash":
					return s.print(bashCompletion())
				case "zsh":
					return s.print(zshCompletion())
				case "fish":
					return s.print(fishCompletion())
				}
				return s.usage("completion", fmt.Sprintf("unknown shell %q: it is bash, zsh or fish", args[0]))
			}
		},
	}
}

// flagWords returns v's flags as one types them, those with a few values once
// with each.
func flagWords(v *verb) []string {
	var all []string
	for _, f := range v.flags() {
		switch values := choicesOf(f); {
		case values != nil:
			for _, value := range values {
				all = append(all, dashes(f.Name)+"="+value)
			}
		case isBool(f), len(f.Name) == 1:
			all = append(all, dashes(f.Name))
		default:
			all = append(all, dashes(f.Name)+"=")
		}
	}
	return append(all, "--help")
}

// argumentWords returns what v's first argument may be.
func argumentWords(v *verb) []string {
	if v.words == nil {
		return nil
	}
	return v.words()
}

// bashCompletion returns the script for bash. It takes the words from
// COMP_LINE: in COMP_WORDS, bash has already split --flag=value at the =.
func bashCompletion() string {
	var b strings.Builder
	b.WriteString(`# bash completion for penumbra
_penumbra() {
	local line words current verb i flags="" arguments="" wraps=""
	line=${COMP_LINE:0:COMP_POINT}
	read -ra words <<<"$line"
	current=""
	[[ $line == *[[:space:]] ]] || { current=${words[-1]}; unset 'words[-1]'; }
	COMPREPLY=()
	if ((${#words[@]} < 2)); then
		COMPREPLY=($(compgen -W "` + strings.Join(append(verbNames(), "--help", "--version"), " ") + `" -- "$current"))
		return
	fi
	verb=${words[1]}
	case $verb in
`)
	for _, v := range verbs() {
		fmt.Fprintf(&b, "\t%s)\n\t\tflags=%q\n", v.name, strings.Join(flagWords(v), " "))
		if words := argumentWords(v); words != nil {
			fmt.Fprintf(&b, "\t\targuments=%q\n", strings.Join(words, " "))
		}
		if v.wrapsACommand {
			b.WriteString("\t\twraps=yes\n")
		}
		b.WriteString("\t\t;;\n")
	}
	b.WriteString(`	*) return ;;
	esac
	for ((i = 2; i < ${#words[@]}; i++)); do
		[[ ${words[i]} == -- ]] && { ((i++)); flags=""; break; }
		[[ ${words[i]} == -* ]] || break
	done
	if ((i < ${#words[@]})); then
		[[ $wraps ]] && COMPREPLY=($(compgen -f -- "$current"))
	elif [[ $current == -* ]]; then
		COMPREPLY=($(compgen -W "$flags" -- "$current"))
		# What stands before the last = is no part of the word that bash
		# replaces, unless = was taken out of COMP_WORDBREAKS.
		if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then
			COMPREPLY=("${COMPREPLY[@]#"${current%=*}="}")
		fi
	elif [[ $wraps ]]; then
		COMPREPLY=($(compgen -c -- "$current") $(compgen -d -- "$current"))
	else
		COMPREPLY=($(compgen -W "$arguments" -- "$current"))
	fi
}
complete -o filenames -F _penumbra penumbra
`)
	return b.String()
}

// zshCompletion returns the script for zsh, to be found in fpath as _penumbra.
func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef penumbra\n\n_penumbra() {\n\tlocal -a verbs\n\tverbs=(\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "\t\t%s\n", shellQuote(v.name+":"+v.short))
	}
	b.WriteString("\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n")
	b.WriteString("\tshift words\n\t((CURRENT--))\n\tcase $words[1] in\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "\t%s)\n\t\t_arguments -A '-*' '--help[explain %s]'", v.name, v.name)
		for _, f := range v.flags() {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuote(zshFlag(f)))
		}
		if words := argumentWords(v); words != nil {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuote("1:"+v.args+":("+strings.Join(words, " ")+")"))
		}
		if v.wrapsACommand {
			b.WriteString(" \\\n\t\t\t'(-):command: _command_names -e' '*::arguments: _normal'")
		}
		b.WriteString("\n\t\t;;\n")
	}
	b.WriteString("\tesac\n}\n\nif [[ $funcstack[1] == _penumbra ]]; then\n\t_penumbra \"$@\"\nelse\n\tcompdef _penumbra penumbra\nfi\n")
	return b.String()
}

// zshFlag returns f as _arguments wants it.
func zshFlag(f *flag.Flag) string {
	value, text := flag.UnquoteUsage(f)
	text, _, _ = strings.Cut(strings.ReplaceAll(text, "\n", " "), "; ")
	text = strings.NewReplacer("[", "(", "]", ")", ":", ",").Replace(text)
	if isBool(f) {
		return dashes(f.Name) + "[" + text + "]"
	}
	return dashes(f.Name) + "=[" + text + "]:" + value + ":(" + strings.Join(choicesOf(f), " ") + ")"
}

// fishCompletion returns the script for fish.
func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# fish completion for penumbra\ncomplete -c penumbra -f\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "complete -c penumbra -n __fish_use_subcommand -a %s -d %s\n", v.name, shellQuote(v.short))
	}
	for _, v := range verbs() {
		on := "complete -c penumbra -n '__fish_seen_subcommand_from " + v.name + "'"
		fmt.Fprintf(&b, "%s -l help -d 'explain %s'\n", on, v.name)
		for _, f := range v.flags() {
			_, text := flag.UnquoteUsage(f)
			text, _, _ = strings.Cut(strings.ReplaceAll(text, "\n", " "), "; ")
			letter := "-l"
			if len(f.Name) == 1 {
				letter = "-s"
			}
			fmt.Fprintf(&b, "%s %s %s -d %s", on, letter, f.Name, shellQuote(text))
			if !isBool(f) {
				fmt.Fprintf(&b, " -x -a %s", shellQuote(strings.Join(choicesOf(f), " ")))
			}
			b.WriteString("\n")
		}
		if words := argumentWords(v); words != nil {
			fmt.Fprintf(&b, "%s -a %s\n", on, shellQuote(strings.Join(words, " ")))
		}
		if v.wrapsACommand {
			fmt.Fprintf(&b, "%s -x -a '(__fish_complete_subcommand --fcs-skip=2)'\n", on)
		}
	}
	return b.String()
}

// shellQuote returns text as one word of any shell.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
