package data

func (t talk) interactions(interactions []Interaction) {
	atLeast(t.report, "interactions", len(interactions), minInteractions)
	ids := names{}
	for i, n := range interactions {
		p := at("interactions", i)
		ids.add(t.report, p, prefixInteraction, n.ID)
		t.text(p, "detail", n.Detail)
		if !n.Kind.known() {
			t.addf(p+".kind", "is not a kind of interaction")
		}
		sent, ok := t.sent[n.Message]
		if !ok {
			t.addf(p+".message", "%q is not a message of the tutor", n.Message)
		}
		t.notBefore(p+".at", n.At, sent, "the message was sent")
	}
}

func (t talk) progress(learners []Learner, progress []Progress, items names) {
	rows, pairs := map[string]int{}, names{}
	for i, g := range progress {
		p := at("progress", i)
		t.notBefore(p+".last_reviewed", g.LastReviewed, t.learner(p, g.Learner), "the learner joined")
		items.has(t.report, p+".item", g.Item)
		if !(g.Mastery >= 0 && g.Mastery <= 1) {
			t.addf(p+".mastery", "is not from 0 to 1")
		}
		if g.Reviews < 1 {
			t.addf(p+".reviews", "is less than 1")
		}
		pair := g.Learner + " " + g.Item
		if pairs[pair] {
			t.addf(p+".item", "is there twice for the learner")
		}
		pairs[pair] = true
		rows[g.Learner]++
	}
	for i, l := range learners {
		if rows[l.ID] < minProgressEach {
			t.addf(at("learners", i), "has %d rows of progress and needs %d", rows[l.ID], minProgressEach)
		}
	}
}
