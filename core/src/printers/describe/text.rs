//! Text with columns that are filled with tabs.

/// The columns of a terminal that a tab leads to.
const TAB: usize = 8;

/// Lines of cells. Cells that stand in a column of consecutive lines are as wide as the widest of them; the last cell of
/// a line belongs to no column.
#[derive(Default)]
pub(super) struct Text {
    lines: Vec<Vec<String>>,
}

impl Text {
    /// A line without columns.
    pub(super) fn line(&mut self, line: impl Into<String>) {
        self.lines.push(vec![line.into()]);
    }

    /// A label and its value.
    pub(super) fn field(&mut self, label: &str, value: impl Into<String>) {
        self.row([format!("{label}:"), value.into()]);
    }

    /// The same, if there is a value.
    pub(super) fn optional(&mut self, label: &str, value: &str) {
        if !value.is_empty() {
            self.field(label, value);
        }
    }

    /// A label with a value in each line.
    pub(super) fn list(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        self.rows(label, values.into_iter().map(|value| vec![value]));
    }

    /// A label with several columns in each line.
    pub(super) fn rows(&mut self, label: &str, rows: impl IntoIterator<Item = Vec<String>>) {
        let mut label = format!("{label}:");
        for row in rows {
            self.lines.push([vec![std::mem::take(&mut label)], row].concat());
        }
    }

    fn row(&mut self, cells: [String; 2]) {
        self.lines.push(cells.into());
    }

    /// The width of the column at `index` around the line at `at`, in tabs.
    fn width(&self, at: usize, index: usize) -> usize {
        let has_column = |line: &&Vec<String>| line.len() > index + 1;
        let (before, behind) = self.lines.split_at(at);
        let around = before.iter().rev().take_while(has_column).chain(behind.iter().take_while(has_column));
        let widest = around.filter_map(|line| line.get(index)).map(|cell| cell.chars().count()).max();
        (widest.unwrap_or_default() + 1).div_ceil(TAB)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, line) in self.lines.iter().enumerate() {
            for (index, cell) in line.iter().enumerate() {
                formatter.write_str(cell)?;
                if index + 1 < line.len() {
                    let missing = self.width(at, index) - cell.chars().count() / TAB;
                    (0..missing).try_for_each(|_| formatter.write_str("\t"))?;
                }
            }
            formatter.write_str("\n")?;
        }
        Ok(())
    }
}

/// A number of bytes with four digits at most, for example `44.46MB`; `HumanSize` of Docker's go-units.
#[must_use]
pub fn size(bytes: i64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut unit = 0;
    #[allow(clippy::cast_precision_loss, reason = "four digits are shown")]
    let mut number = bytes as f64;
    while number.abs() >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    let decimals = match number.abs() {
        ..9.9995 => 3,
        ..99.995 => 2,
        ..999.95 => 1,
        _ => 0,
    };
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{}", UNITS.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_four_digits() {
        for (bytes, text) in [
            (0, "0B"),
            (7, "7B"),
            (999, "999B"),
            (1000, "1kB"),
            (8_319_412, "8.319MB"),
            (44_460_000, "44.46MB"),
            (148_712_345, "148.7MB"),
            (999_999, "1000kB"),
            (1_500_000_000, "1.5GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn columns_reach_over_consecutive_lines() {
        let mut text = Text::default();
        text.field("Name", "a");
        text.list("Long label here", ["1".to_owned(), "2".to_owned()]);
        text.line("");
        text.field("Name", "b");
        assert_eq!(text.to_string(), "Name:\t\t\ta\nLong label here:\t1\n\t\t\t2\n\nName:\tb\n");
    }
}
