package iostat

import (
	_ "embed"
	"fmt"
	"html"
	"sync"
	"text/template"
	"text/template/parse"
)

//go:embed report.html
var pageText string

// markup is text that goes into the page as it is: made by this package, of
// numbers and of what it has escaped.
type markup string

// pageTemplate returns the template, which escapes all that it is given but markup.
// Package html/template would too, for whatever place in a page; but whoever links
// it pays at each start of the program, whether or not a page is made, and this
// page has values only between tags and within double quotes.
var pageTemplate = sync.OnceValue(func() *template.Template {
	t := template.New("report").Funcs(template.FuncMap{"escape": escape})
	template.Must(t.Parse(pageText))
	escapeValues(t.Root)
	return t
})

func escape(v any) string {
	if m, ok := v.(markup); ok {
		return string(m)
	}
	return html.EscapeString(fmt.Sprint(v))
}

// escapeValues makes escape the last function that each value of the list passes.
func escapeValues(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			last := parse.NewIdentifier("escape").SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{last}})
		case *parse.IfNode:
			escapeBranches(&n.BranchNode)
		case *parse.RangeNode:
			escapeBranches(&n.BranchNode)
		case *parse.WithNode:
			escapeBranches(&n.BranchNode)
		}
	}
}

func escapeBranches(b *parse.BranchNode) {
	escapeValues(b.List)
	escapeValues(b.ElseList)
}
