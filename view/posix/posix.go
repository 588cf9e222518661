// Package posix holds tests of what POSIX and Linux promise of files and names,
// over any directory. They run natively, so that they are right themselves, and
// are compiled to be run as a guest with a mount for the directory.
package posix
