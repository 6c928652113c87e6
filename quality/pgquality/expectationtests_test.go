package pgquality_test

import (
	"fmt"
	"regexp"

	"github.com/shugo-data/shugo/quality"
)

// tests says what a case asks in the tests of package quality.
func (c expectation) tests() ([]quality.Test, error) {
	field := c.text("column")
	switch c.Exp {
	case "expect_column_values_to_not_be_null":
		return row(quality.NotNull{Field: field}), nil
	case "expect_column_values_to_be_null":
		return row(quality.IsNull{Field: field}), nil
	case "expect_column_values_to_be_between":
		t := quality.Range{Field: field, Min: number(c.In["min_value"]), Max: number(c.In["max_value"]),
			OpenMin: c.In["strict_min"] == true, OpenMax: c.In["strict_max"] == true}
		if t.Min == nil && t.Max == nil {
			return nil, fmt.Errorf("%w: no bound", errFaulty)
		}
		return row(t), nil
	case "expect_column_values_to_be_in_set":
		return row(quality.In{Field: field, Values: c.values("value_set")}), nil
	case "expect_column_values_to_not_be_in_set":
		return row(quality.Not{Test: quality.In{Field: field, Values: c.values("value_set")}}), nil
	case "expect_column_values_to_be_dateutil_parseable":
		return row(quality.Layout{Field: field, Layouts: guesses()}), nil
	case "expect_column_values_to_match_strftime_format":
		return row(quality.Layout{Field: field, Layouts: []string{layoutOf(c.text("strftime_format"))}}), nil
	case "expect_column_values_to_be_json_parseable":
		return row(quality.JSON{Field: field}), nil
	case "expect_column_values_to_match_json_schema":
		return row(quality.JSON{Field: field, Schema: schemaOf(c.In["json_schema"])}), nil
	case "expect_column_value_lengths_to_be_between", "expect_column_value_lengths_to_equal":
		return c.lengths(field)
	case "expect_column_values_to_be_unique":
		return []quality.Test{quality.Unique{Fields: []string{field}}}, nil
	case "expect_compound_columns_to_be_unique":
		return []quality.Test{quality.Unique{Fields: c.texts("column_list")}}, nil
	case "expect_column_values_to_be_increasing", "expect_column_values_to_be_decreasing":
		return []quality.Test{quality.Monotone{Field: field, By: []string{"pk_index"},
			Falling: c.Exp == "expect_column_values_to_be_decreasing", Strict: c.In["strictly"] == true}}, nil
	case "expect_column_value_z_scores_to_be_less_than":
		return []quality.Test{quality.ZScore{Field: field, Max: number(c.In["threshold"]).(float64), Above: c.In["double_sided"] != true}}, nil
	case "expect_column_values_to_be_of_type":
		return []quality.Test{quality.ColumnType{Field: field, Types: typesOf(c.text("type_"))}}, nil
	case "expect_column_values_to_be_in_type_list":
		return []quality.Test{quality.ColumnType{Field: field, Types: typesOf(c.texts("type_list")...)}}, nil
	}
	if tests, ok := c.patterns(field); ok {
		return tests, nil
	}
	if tests, ok := c.pairs(); ok {
		return tests, nil
	}
	return c.wholes(field)
}

func typesOf(names ...string) []string {
	known := map[string]string{"INTEGER": "integer", "BOOLEAN": "boolean", "TEXT": "text", "DOUBLE_PRECISION": "double precision"}
	types := make([]string, len(names))
	for i, n := range names {
		types[i] = known[n]
	}
	return types
}

func (c expectation) lengths(field string) ([]quality.Test, error) {
	least, err := c.int("min_value")
	if err != nil {
		return nil, err
	}
	most, err := c.int("max_value")
	if err != nil {
		return nil, err
	}
	if c.In["value"] != nil {
		if least, err = c.int("value"); err != nil {
			return nil, err
		}
		most = least
	}
	if c.In["value"] == nil && c.In["min_value"] == nil && c.In["max_value"] == nil {
		return nil, fmt.Errorf("%w: no bound", errFaulty)
	}
	return row(quality.Length{Field: field, Min: int(least), Max: int(most)}), nil
}

// patterns says tests of patterns.
func (c expectation) patterns(field string) ([]quality.Test, bool) {
	match := func(p string) quality.RowTest { return quality.Match{Field: field, Pattern: p} }
	like := func(p string) quality.RowTest { return quality.Like{Field: field, Pattern: p} }
	all := func(one func(string) quality.RowTest, patterns []string) []quality.RowTest {
		var tests []quality.RowTest
		for _, p := range patterns {
			tests = append(tests, one(p))
		}
		return tests
	}
	combined := func(tests []quality.RowTest) quality.RowTest {
		if c.text("match_on") == "all" {
			return quality.All{Tests: tests}
		}
		return quality.Any{Tests: tests}
	}
	switch c.Exp {
	case "expect_column_values_to_match_regex":
		return row(match(c.text("regex"))), true
	case "expect_column_values_to_not_match_regex":
		return row(quality.Not{Test: match(c.text("regex"))}), true
	case "expect_column_values_to_match_regex_list":
		return row(combined(all(match, c.texts("regex_list")))), true
	case "expect_column_values_to_match_like_pattern":
		return row(like(c.text("like_pattern"))), true
	case "expect_column_values_to_not_match_like_pattern":
		return row(quality.Not{Test: like(c.text("like_pattern"))}), true
	case "expect_column_values_to_match_like_pattern_list":
		return row(combined(all(like, c.texts("like_pattern_list")))), true
	case "expect_column_values_to_not_match_like_pattern_list":
		return row(quality.Not{Test: quality.Any{Tests: all(like, c.texts("like_pattern_list"))}}), true
	}
	return nil, false
}

// pairs says tests of several columns.
func (c expectation) pairs() ([]quality.Test, bool) {
	a, b := c.text("column_A"), c.text("column_B")
	switch c.Exp {
	case "expect_column_pair_values_a_to_be_greater_than_b":
		return row(quality.Compare{A: a, Is: quality.Greater, B: b, Nulls: c.nulls()}), true
	case "expect_column_pair_values_to_be_equal":
		return row(quality.Compare{A: a, Is: quality.Equal, B: b, Nulls: c.nulls()}), true
	case "expect_column_pair_values_to_be_in_set":
		var tuples [][]any
		list, _ := c.In["value_pairs_set"].([]any)
		for _, pair := range list {
			var tuple []any
			for _, v := range pair.([]any) {
				tuple = append(tuple, number(v))
			}
			tuples = append(tuples, tuple)
		}
		return row(quality.InTuples{Fields: []string{a, b}, Tuples: tuples, Nulls: c.nulls()}), true
	case "expect_select_column_values_to_be_unique_within_record":
		return row(quality.AllDifferent{Fields: c.texts("column_list"), Nulls: c.nulls()}), true
	case "expect_multicolumn_sum_to_equal":
		return row(quality.Total{Fields: c.texts("column_list"), Min: number(c.In["sum_total"]), Max: number(c.In["sum_total"])}), true
	}
	return nil, false
}

// wholes says tests of the table or column as a whole.
func (c expectation) wholes(field string) ([]quality.Test, error) {
	figures := map[string]quality.Figure{
		"expect_column_max_to_be_between": quality.Maximum, "expect_column_min_to_be_between": quality.Minimum,
		"expect_column_mean_to_be_between": quality.Mean, "expect_column_median_to_be_between": quality.Median,
		"expect_column_stdev_to_be_between": quality.Deviation, "expect_column_sum_to_be_between": quality.TotalSum,
		"expect_column_unique_value_count_to_be_between":          quality.DistinctCount,
		"expect_column_proportion_of_unique_values_to_be_between": quality.DistinctShare,
	}
	if figure, ok := figures[c.Exp]; ok {
		return []quality.Test{quality.Statistic{Of: figure, Field: field, Min: number(c.In["min_value"]), Max: number(c.In["max_value"])}}, nil
	}
	switch c.Exp {
	case "expect_column_quantile_values_to_be_between":
		return c.quantiles(field), nil
	case "expect_column_distinct_values_to_be_in_set":
		if c.In["value_set"] == nil {
			return nil, nil
		}
		return row(quality.In{Field: field, Values: c.values("value_set")}), nil
	case "expect_column_distinct_values_to_contain_set", "expect_column_distinct_values_to_equal_set":
		return []quality.Test{quality.Covers{Field: field, Values: c.values("value_set"),
			Exact: c.Exp == "expect_column_distinct_values_to_equal_set"}}, nil
	case "expect_column_most_common_value_to_be_in_set":
		return []quality.Test{quality.MostCommon{Field: field, Values: c.values("value_set"), Ties: c.In["ties_okay"] == true}}, nil
	case "unexpected_rows_expectation":
		parts := regexp.MustCompile(`WHERE (.*)$`).FindStringSubmatch(c.text("unexpected_rows_query"))
		return []quality.Test{quality.SQL{Name: "rows", Good: "NOT (" + parts[1] + ")"}}, nil
	}
	return c.tables(field)
}

func (c expectation) quantiles(field string) []quality.Test {
	ranges, _ := c.In["quantile_ranges"].(map[string]any)
	qs, _ := ranges["quantiles"].([]any)
	bounds, _ := ranges["value_ranges"].([]any)
	var tests []quality.Test
	for i, q := range qs {
		pair, _ := bounds[i].([]any)
		tests = append(tests, quality.Statistic{Of: quality.Quantile, Field: field, Q: number(q).(float64), Min: number(pair[0]), Max: number(pair[1])})
	}
	return tests
}

// tables says tests of the table's size and columns. The table of the test has one column more than the case: its key, which comes last.
func (c expectation) tables(field string) ([]quality.Test, error) {
	least, err := c.int("min_value")
	if err != nil {
		return nil, err
	}
	most, err := c.int("max_value")
	if err != nil {
		return nil, err
	}
	if c.In["value"] != nil {
		if least, err = c.int("value"); err != nil {
			return nil, err
		}
		most = least
	}
	switch c.Exp {
	case "expect_table_row_count_to_be_between", "expect_table_row_count_to_equal":
		if most == 0 && (c.In["value"] != nil || c.In["max_value"] != nil) {
			most = -1
		}
		return []quality.Test{quality.RowCount{Min: least, Max: most}}, nil
	case "expect_table_column_count_to_be_between", "expect_table_column_count_to_equal":
		if c.In["value"] != nil || c.In["max_value"] != nil {
			most++
		}
		return []quality.Test{quality.ColumnCount{Min: int(least + 1), Max: int(most)}}, nil
	case "expect_column_to_exist":
		at, err := c.int("column_index")
		return []quality.Test{quality.HasColumns{Names: []string{field}, Ordered: c.In["column_index"] != nil, From: int(at) + 1}}, err
	case "expect_table_columns_to_match_ordered_list":
		return []quality.Test{quality.HasColumns{Names: append(c.texts("column_list"), "pk_index"), Ordered: true, Exact: true}}, nil
	case "expect_table_columns_to_match_set":
		if c.In["column_set"] == nil && c.In["exact_match"] == true {
			return []quality.Test{quality.ColumnCount{Min: 1, Max: 1}}, nil
		}
		if c.In["column_set"] == nil {
			return nil, nil
		}
		return []quality.Test{quality.HasColumns{Names: append(c.texts("column_set"), "pk_index"), Exact: c.In["exact_match"] == true}}, nil
	}
	return nil, fmt.Errorf("no test for %s", c.Exp)
}
