/// A test program that holds no test: its main must fail.
