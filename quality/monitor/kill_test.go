package monitor_test

func childMain(string) int { return 1 }
