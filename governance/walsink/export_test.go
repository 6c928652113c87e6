package walsink

// Stall makes the sink wait for the disk until the returned function is called, as when a write is
// under way. The sink must be idle.
func (s *Sink) Stall() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leading || len(s.flying) > 0 {
		return nil
	}
	s.leading = true
	return s.write
}
