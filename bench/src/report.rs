//! The results, as a table and as JSON.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

/// One measure of our store and one peer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Comparison {
    /// The name of the measure.
    pub(crate) measure: String,
    /// The name of the peer.
    pub(crate) peer: String,
    /// The median of our rounds.
    pub(crate) ours: f64,
    /// The median of the peer's rounds.
    pub(crate) theirs: f64,
    /// The unit of both.
    pub(crate) unit: String,
    /// `ours / theirs`, also where less is better.
    pub(crate) ratio: f64,
    /// The smallest and the greatest ratio of a round.
    pub(crate) spread: [f64; 2],
}

impl Comparison {
    /// Compares the rounds of both, which were taken in turn.
    pub(crate) fn new(measure: &str, peer: &str, unit: &str, ours: &[f64], theirs: &[f64]) -> Self {
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        let (ours, theirs) = (median(ours), median(theirs));
        Self {
            measure: measure.to_owned(),
            peer: peer.to_owned(),
            ours,
            theirs,
            unit: unit.to_owned(),
            ratio: ours / theirs,
            spread: [ratios.iter().copied().fold(f64::INFINITY, f64::min), ratios.iter().copied().fold(0.0, f64::max)],
        }
    }
}

/// The median; with an even count, the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The comparisons as a table for people.
pub(crate) fn table(comparisons: &[Comparison]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["MEASURE", "PEER", "OURS", "THEIRS", "UNIT", "RATIO", "SPREAD"]);
    for comparison in comparisons {
        table.add_row([
            comparison.measure.clone(),
            comparison.peer.clone(),
            number(comparison.ours),
            number(comparison.theirs),
            comparison.unit.clone(),
            format!("{:.2}", comparison.ratio),
            format!("{:.2} to {:.2}", comparison.spread[0], comparison.spread[1]),
        ]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 3));
        if matches!(index, 2 | 3 | 5) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.push(String::new());
    lines.join("\n")
}

/// A number, rounded to what is significant, with digits in groups of three.
fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn the_ratio_is_that_of_the_medians_and_lies_within_the_spread_of_the_rounds() {
        let comparison = Comparison::new("m", "p", "s", &[10.0, 30.0, 20.0], &[10.0, 10.0, 40.0]);
        let Comparison { ours, theirs, ratio, spread: [least, greatest], .. } = comparison;
        let expected = [(ours, 20.0), (theirs, 10.0), (ratio, 2.0), (least, 0.5), (greatest, 3.0)];
        assert!(expected.into_iter().all(|(found, expected): (f64, f64)| (found - expected).abs() < 1e-9));
    }

    #[test]
    fn json_has_the_members_that_readers_look_for() {
        let comparison = Comparison::new("batch 1000", "raw redb", "mappings/s", &[3.0], &[2.0]);
        let json = serde_json::to_value([comparison]).unwrap();
        let expected = serde_json::json!([{
            "measure": "batch 1000", "peer": "raw redb", "ours": 3.0, "theirs": 2.0, "unit": "mappings/s",
            "ratio": 1.5, "spread": [1.5, 1.5],
        }]);
        assert_eq!(json, expected);
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(999.0), "999");
        assert_eq!(number(1.234), "1.23");
    }

    #[test]
    fn a_line_for_each_comparison() {
        let comparison = Comparison::new("batch 1000", "raw redb", "mappings/s", &[3000.0], &[2000.0]);
        let table = table(&[comparison]);
        assert!(table.lines().nth(1).unwrap().starts_with("batch 1000   raw redb   3,000    2,000   mappings/s"));
        assert!(table.ends_with("1.50   1.50 to 1.50\n"), "{table}");
    }
}
