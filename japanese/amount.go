package japanese

import "math"

// amount is a number that a text states, in all the ways in which a translator may state it.
type amount struct {
	span  Span
	ways  []float64 // numbers, each of which would do
	times []int     // minutes after midnight, each of which would do; of a time of day
	parts []float64 // numbers, all of which together would do: hour and minute of a time
	half  bool      // morning or afternoon is said: parts alone do not do where the other text says it too
	month bool      // of the year: no hour is this number
	weak  bool      // the other text may leave it out: "a" for 一つ, 一緒 for "together"
}

// amountSet is what a text states.
type amountSet struct {
	amounts []amount
	numbers map[float64]bool
	months  map[float64]bool
	hours   map[float64]bool // hours and minutes of times that say morning or afternoon
	times   map[int]bool
}

func newAmountSet(amounts []amount) amountSet {
	s := amountSet{amounts: amounts, numbers: map[float64]bool{}, months: map[float64]bool{}, hours: map[float64]bool{}, times: map[int]bool{}}
	for _, a := range amounts {
		for _, n := range a.ways {
			if a.month {
				s.months[rounded(n)] = true
			} else {
				s.numbers[rounded(n)] = true
			}
		}
		for _, t := range a.times {
			s.times[t] = true
		}
		for _, n := range a.parts {
			if a.half {
				s.hours[rounded(n)] = true
			} else {
				s.numbers[rounded(n)] = true
			}
		}
	}
	return s
}

// rounded lets numbers that were computed in two ways be equal.
func rounded(n float64) float64 {
	if n == 0 || math.IsInf(n, 0) || math.Abs(n) >= 1e15 {
		return n
	}
	scale := math.Pow(10, 11-math.Ceil(math.Log10(math.Abs(n))))
	return math.Round(n*scale) / scale
}

// states says whether a text states an amount of another text.
func (s amountSet) states(a amount) bool {
	for _, n := range a.ways {
		if n = rounded(n); s.numbers[n] || s.hours[n] || s.months[n] {
			return true
		}
	}
	for _, t := range a.times {
		if s.times[t] {
			return true
		}
	}
	for _, n := range a.parts {
		if !s.numbers[rounded(n)] {
			return false
		}
	}
	return len(a.parts) > 0
}

// unstated returns the amounts of a text that another one must state and does not.
func (s amountSet) unstated(other amountSet) []amount {
	var missing []amount
	for _, a := range s.amounts {
		if !a.weak && !other.states(a) {
			missing = append(missing, a)
		}
	}
	return missing
}

// timeOfDay returns an amount of an hour and a minute. Where neither morning nor afternoon is said, both would do.
func timeOfDay(span Span, hour, minute int, half string) amount {
	a := amount{span: span, parts: []float64{float64(hour)}, half: half != ""}
	if minute != 0 {
		a.parts = append(a.parts, float64(minute))
	}
	at := ((hour*60+minute)%1440 + 1440) % 1440
	switch {
	case half == "am":
		a.times = []int{at % 720}
	case half == "pm":
		a.times = []int{at%720 + 720}
	case at < 780 && hour != 0:
		a.times = []int{at % 720, at%720 + 720}
	default:
		a.times = []int{at}
		a.parts[0] = float64((hour + 24) % 24)
	}
	return a
}
