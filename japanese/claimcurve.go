package japanese

// DefaultCalibration returns the calibration of a ClaimConfig that has none.
func DefaultCalibration() Calibration {
	return Calibration{Points: []CalibrationPoint{{0, 0}, {1, 1}}}
}
