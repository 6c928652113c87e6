package pgquality

import "github.com/shugo-data/shugo/quality"

func (p *planner) remedy(check quality.Check) *quality.Remedy { return nil }
func (p *planner) askVectorUnique(check quality.Check, test quality.VectorUnique) (question, error) {
	return question{}, unable("todo")
}
