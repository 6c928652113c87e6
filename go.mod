module github.com/shugo-data/shugo

go 1.25.0
