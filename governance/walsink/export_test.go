package walsink

// Stall makes the sink wait for the disk until the returned function is called, as a caller does whose sync is under way.
func (s *Sink) Stall() (release func()) {
	for {
		s.mu.Lock()
		if !s.leading {
			s.leading = true
			s.mu.Unlock()
			return s.write
		}
		g := s.flying
		if g == nil {
			g = s.pending
		}
		s.mu.Unlock()
		<-g.done
	}
}
