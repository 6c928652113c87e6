package japanese

// DefaultCalibration returns the calibration of a ClaimConfig that has none. It was fitted to 40,000 explanations of one to eight claims that a
// generator made (that of the package's tests): one in three from a model that errs in three of ten claims, the others from one that errs in one of
// a hundred, and a knowledge base that knows between a fifth and all of what is claimed and errs in one of two hundred items. On such
// explanations its expected calibration error is below 0.05, as a test shows. What a host's own model and base are like, only labelled
// explanations of the host say: see FitCalibration.
func DefaultCalibration() Calibration {
	return Calibration{Points: []CalibrationPoint{
		// below 0.05: something is contradicted
		{0, 0.08}, {0.008, 0.15}, {0.0155, 0.3}, {0.0205, 0.36}, {0.0215, 0.42}, {0.037, 0.42},
		{0.111, 0.83}, {0.43, 0.83}, {0.445, 0.965}, {0.775, 0.965}, {0.8, 0.995}, {0.89, 0.999},
	}}
}
