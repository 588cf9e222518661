/* Exits with 42: a program that needs no file. */
#include "guest.h"

int main(void) { return 42; }
