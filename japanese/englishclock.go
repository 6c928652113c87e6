package japanese

// clock reads a time of day that begins with a number that was read: 3:30 p.m., ten o'clock, six thirty, ten to five.
func (r *englishReader) clock(from int, n englishNumber) (amount, bool) {
	hour, minute, certain := int(n.value), 0, false
	switch m := r.token(1); {
	case n.parts != nil && n.parts[0] >= 1 && n.parts[0] <= 12 && n.parts[1] < 60 && n.parts[1] != 11:
		hour, minute = int(n.parts[0]), int(n.parts[1])
		if r.dayHalf() == "" {
			return amount{}, false
		}
	case !n.plain || n.value > 24 || n.ordinal:
		return amount{}, false
	case r.token(0).mark == ':' && r.token(0).joined && m.number && m.joined && m.value < 60:
		minute, certain = int(m.value), true
		r.at += 2
	case r.minutesTo(n.value) != 0:
		return r.relative(from, n.value), true
	}
	if r.word(0, "o'clock") {
		certain = true
		r.at++
	}
	half := r.dayHalf()
	if !certain && half == "" {
		return amount{}, false
	}
	r.skipDayHalf()
	return timeOfDay(r.span(from), hour, minute, half), true
}

// dayHalf returns "am" or "pm" when the next words say so.
func (r *englishReader) dayHalf() string {
	switch {
	case r.word(0, "am"), r.word(0, "a") && r.word(1+r.dot(1), "m") && r.dot(1) == 1:
		return "am"
	case r.word(0, "pm"), r.word(0, "p") && r.word(1+r.dot(1), "m") && r.dot(1) == 1:
		return "pm"
	case r.word(0, "in") && r.word(1, "the") && r.word(2, "morning"):
		return "am"
	case r.word(0, "in") && r.word(1, "the") && r.word(2, "afternoon", "evening"):
		return "pm"
	}
	return ""
}

func (r *englishReader) dot(ahead int) int {
	if r.token(ahead).mark == '.' {
		return 1
	}
	return 0
}

// skipDayHalf moves behind the words that dayHalf saw.
func (r *englishReader) skipDayHalf() {
	switch {
	case r.word(0, "am", "pm"):
		r.at++
	case r.word(0, "in") && r.dayHalf() != "":
		r.at += 3
	case r.dayHalf() != "":
		r.at += 3 + r.dot(3)
	}
}

// minutesTo returns 1 for "ten past five", -1 for "ten to five", and 0 when neither stands here.
func (r *englishReader) minutesTo(minutes float64) int {
	at := 0
	if r.word(0, "minutes", "minute") {
		at = 1
	}
	hour := r.hourAt(at + 1)
	switch {
	case hour == 0 || minutes >= 60:
		return 0
	case r.word(at, "past", "after"):
		return 1
	case r.word(at, "to", "before", "till") && (at == 1 || minutes == 5 || minutes == 10 || minutes == 20 || minutes == 25):
		return -1
	}
	return 0
}

// hourAt returns the hour that a token names, or 0.
func (r *englishReader) hourAt(ahead int) int {
	t := r.token(ahead)
	hour := unitOf(t.word)
	if t.number {
		hour = t.value
	}
	if hour >= 1 && hour <= 12 {
		return int(hour)
	}
	return 0
}

// relative reads "minutes past five" after the number of minutes.
func (r *englishReader) relative(from int, minutes float64) amount {
	sign := r.minutesTo(minutes)
	if r.word(0, "minutes", "minute") {
		r.at++
	}
	hour := r.hourAt(1)
	r.at += 2
	if r.word(0, "o'clock") {
		r.at++
	}
	half := r.dayHalf()
	r.skipDayHalf()
	a := timeOfDay(r.span(from), hour, sign*int(minutes), half)
	a.parts = []float64{float64(hour), minutes}
	return a
}

// halfPast reads "half past three" and "a quarter to five".
func (r *englishReader) halfPast() (amount, bool) {
	minutes := 0.0
	switch {
	case r.word(0, "half") && r.word(1, "past"):
		minutes = 30
	case r.word(0, "quarter") && r.word(1, "past", "to", "after", "before"):
		minutes = 15
	default:
		return amount{}, false
	}
	if r.hourAt(2) == 0 {
		return amount{}, false
	}
	from := r.at
	r.at++
	if r.minutesTo(minutes) == 0 { // "quarter to", which minutesTo takes for a number of minutes only
		r.at += 2
		return timeOfDay(r.span(from), r.tokenHour(from+2), -15, ""), true
	}
	return r.relative(from, minutes), true
}

func (r *englishReader) tokenHour(i int) int {
	at := r.at
	defer func() { r.at = at }()
	r.at = i
	return r.hourAt(0)
}
