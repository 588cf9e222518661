// The compiler accepts BeforeFork and AfterFork, which have no body here, in a
// package that holds an assembly file.
