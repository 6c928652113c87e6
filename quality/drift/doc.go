// Package drift tells whether embedding vectors of today come from another distribution than those of before, with a false
// alarm rate that is known, and says what changed: a topic that came up, another mixture, noise, norms, another model.
//
//	result, err := drift.Test(ctx, drift.Config{Seed: 1}, reference, current)
//
// # The test
//
// Test is a permutation test. Where both samples come from one distribution, which of the pooled rows are the current ones is
// a uniform draw. So the statistic of the split that happened is compared with those of B drawn splits, and
//
//	p = (1 + #{permuted >= observed}) / (1 + B)
//
// (Phipson and Smyth, 2010) is at most any level with at most that probability: for every distribution, all sample sizes and
// dimensions, with no threshold to tune. It is never 0. The rows are pooled in a random order and all that is learned from
// them (axes, clusters, quantiles) is learned without labels, which keeps this exact.
//
// The statistic combines seven components, each computed for all splits:
//
//   - Mean: the squared length of the difference of the mean vectors, which is the maximum mean discrepancy of the linear kernel
//     (Gretton and others, 2012). For many rows, coordinates are first folded into fewer (Weinberger and others, 2009).
//   - Axes: the same after whitening in the 32 leading principal axes (Hotelling, 1931), found by randomised subspace iteration
//     (Halko, Martinsson and Tropp, 2011).
//   - Spread: the same of the squares of the whitened coordinates.
//   - Distance and Norm: the squared standardised deviations of the counts below the 16-quantiles, summed, which is about the
//     statistic of Anderson and Darling (1952); of the distance to the nearest of 48 centres, and of the norms.
//   - Shares and Local: the pooled rows are cut into 12, 24 and 48 clusters (k-means++, Arthur and Vassilvitskii, 2007), which are
//     joined to trees (Ward, 1963). Shares sums the squared standardised deviations of the counts of current rows in all nodes;
//     Local is the least likely count under the hypergeometric distribution, which is a tree scan (Kulldorff and others, 2003).
//
// A component's value becomes the share u of its values under all splits that are as large (with an exponential tail beyond the
// largest tenth), and the statistic is the weighted sum of 1/u, a harmonic mean (Good, 1958; Wilson, 2019), Local at weight 3
// of 9. One component far out suffices, and several somewhat out add up.
//
// # Power
//
// Share of 100 runs with an alarm at level 0.05, 400 rows against 400 of 64 dimensions: ten topics around random centres of
// length 1, with noise of length 1 unless said otherwise, normalised. Beside it, on the same samples, the permutation test of a
// Gaussian kernel with median bandwidth (MMD). The tests of this package repeat it with SHUGO_LONG=1.
//
//	                                  Test   MMD
//	new topic 10 %                    1.00   0.92
//	new topic 5 %, noise 0.5          0.97   0.19
//	new topic 5 %                     0.99   0.16
//	new topic 5 %, noise 1.5          0.97   0.10
//	new topic 5 %, noise 2            0.54   0.09
//	new topic 5 %, beside 40          0.92   0.28
//	new topic 2 %                     0.19   0.05
//	mean shifted by 0.08              0.82   0.45
//	noise 5 % longer                  0.51   0.06
//	10 % more about one topic         0.67   0.69
//	20 topics in new proportions      0.55   0.38
//	model swap (rotation)             1.00   1.00
//	rescaled by 1 %                   1.00   0.07
//
// In 1536 dimensions (16 runs): new topic 5 % 1.00 (MMD 0.31), 3 % with noise 1.5 0.50 (0.06), 10 % more about one topic 0.62
// (0.81). Where one known topic gains share and nothing else changes, MMD is the equal of this test or better.
//
// No test finds a new topic of eight rows among 400 with certainty: that eight rows all fall into one sample has probability
// 1/128 by chance, and where to look is not known. A small current sample is best compared with a reference of one to some ten
// times its size: among very many rows, a few new ones make no cluster of their own.
//
// # Many tests
//
// One test a day at level 0.05 alarms by luck every third week. Sequence divides the level among all days of a year. Do not
// let a reference slide along with the data, which hides slow drift, and do not choose among seeds.
//
// # What it does not do
//
// It says that the distribution changed, not that answers got worse. Rows that are not independent (chunks of one document,
// many rows of one user) make false alarms more frequent: draw one row each, or use a Reservoir per source. Changes of norms
// below a thousandth are taken for those of number formats. A large sample finds differences too small to matter: read
// Result.Region and the findings, not p alone. Nothing in this package keeps rows, but a Reservoir.
package drift
