package abi

// Native is the call interface of programs made for this machine.
const Native = AMD64
