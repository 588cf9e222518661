package main

import "penumbra/internal/suggest"

// nearest returns the one of names that word was most likely meant to be, or
// "" if it resembles none of them.
func nearest(word string, names []string) string { return suggest.Nearest(word, names) }
