package pgsink_test

func writerMain() int { return 0 }
