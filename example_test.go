package penumbra_test

import (
	"fmt"
	"log"
	"os"
	"sync/atomic"

	"penumbra"
	"penumbra/abi"
)

func Example() {
	cmd := penumbra.Command("uname", "-n")
	cmd.Stdout = os.Stdout
	cmd.Hooks = []penumbra.Hook{{
		Calls: "uname",
		Exit: func(c *penumbra.Call) {
			const nodename = 65 // its offset in struct utsname
			c.Memory().WriteAt([]byte("elsewhere\x00"), c.Args.Addr(0)+nodename)
		},
	}}
	if err := cmd.Run(); err != nil {
		log.Fatal(err)
	}
	// Output: elsewhere
}

// To watch: count the files that a program opens.
func ExampleCmd_watch() {
	var opened atomic.Int32
	cmd := penumbra.Command("cat", "/etc/passwd")
	cmd.Hooks = []penumbra.Hook{{
		Calls: "open,openat",
		Answer: func(c *penumbra.Call) penumbra.Verdict {
			if path, err := c.Memory().String(c.Args.Addr(1), 4096); err == nil && path == "/etc/passwd" {
				opened.Add(1)
			}
			return penumbra.Run
		},
	}}
	if err := cmd.Run(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("opened", opened.Load(), "time")
	// Output: opened 1 time
}

// To answer: a program that must not delete anything.
func ExampleFail() {
	cmd := penumbra.Command("rm", "-f", "/etc/passwd")
	cmd.Stderr = os.Stdout
	cmd.Hooks = []penumbra.Hook{{
		Calls:  "unlink,unlinkat,rename,renameat,renameat2",
		Answer: func(*penumbra.Call) penumbra.Verdict { return penumbra.Fail(abi.EROFS) },
	}}
	fmt.Println(cmd.Run())
	// Output:
	// rm: cannot remove '/etc/passwd': Read-only file system
	// exit status 1
}

// To rewrite: whatever mode a program asks for, it makes directories private.
func ExampleCall_rewrite() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cmd := penumbra.Command("mkdir", "-m", "777", dir+"/d")
	cmd.Hooks = []penumbra.Hook{
		{Calls: "mkdir", Enter: func(c *penumbra.Call) penumbra.Verdict { c.SetArg(1, 0o700); return penumbra.Run }},
		{Calls: "chmod,fchmod,fchmodat,fchmodat2", Answer: func(*penumbra.Call) penumbra.Verdict { return penumbra.Skip(0) }},
	}
	if err := cmd.Run(); err != nil {
		log.Fatal(err)
	}
	info, err := os.Stat(dir + "/d")
	fmt.Println(info.Mode(), err)
	// Output: drwx------ <nil>
}
