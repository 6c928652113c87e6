package pgquality

import "github.com/shugo-data/shugo/quality"

func (p *planner) askVectorUnique(check quality.Check, test quality.VectorUnique) (question, error) {
	return question{}, unable("todo")
}
