//! Ages in words.

use crate::api::Time;

/// The time since `time`, in words, for example `5 minutes ago`; `HumanDuration` of Docker's go-units.
pub(super) fn age(time: Time, now: Time) -> String {
    let seconds = now.unix().saturating_sub(time.unix());
    let minutes = seconds / 60;
    let duration = match (seconds, minutes) {
        (..1, _) => "Less than a second".to_owned(),
        (1, _) => "1 second".to_owned(),
        (..60, _) => format!("{seconds} seconds"),
        (_, 1) => "About a minute".to_owned(),
        (_, ..60) => format!("{minutes} minutes"),
        // From half an hour on, the hour is rounded up.
        _ => hours((minutes + 30) / 60),
    };
    format!("{duration} ago")
}

/// The time since `time` in few letters, for example `5m12s` or `3d4h`; `HumanDuration` of Kubernetes.
pub(super) fn short_age(time: Time, now: Time) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 365 * DAY;
    let seconds = now.unix().saturating_sub(time.unix());
    let two = |large: i64, letter: char, small: i64, other: char| match seconds % large / small {
        0 => format!("{}{letter}", seconds / large),
        rest => format!("{}{letter}{rest}{other}", seconds / large),
    };
    match seconds {
        ..0 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => two(MINUTE, 'm', 1, 's'),
        600..10_800 => format!("{}m", seconds / MINUTE),
        10_800..28_800 => two(HOUR, 'h', MINUTE, 'm'),
        28_800..172_800 => format!("{}h", seconds / HOUR),
        172_800..691_200 => two(DAY, 'd', HOUR, 'h'),
        691_200..63_072_000 => format!("{}d", seconds / DAY),
        63_072_000..252_288_000 => two(YEAR, 'y', DAY, 'd'),
        _ => format!("{}y", seconds / YEAR),
    }
}

fn hours(hours: i64) -> String {
    const DAY: i64 = 24;
    const WEEK: i64 = 7 * DAY;
    const MONTH: i64 = 30 * DAY;
    const YEAR: i64 = 365 * DAY;
    match hours {
        1 => "About an hour".to_owned(),
        ..48 => format!("{hours} hours"),
        hours if hours < 2 * WEEK => format!("{} days", hours / DAY),
        hours if hours < 2 * MONTH => format!("{} weeks", hours / WEEK),
        hours if hours < 2 * YEAR => format!("{} months", hours / MONTH),
        _ => format!("{} years", hours / YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_in_few_letters() {
        const HOUR: i64 = 3600;
        const DAY: i64 = 24 * HOUR;
        for (seconds, letters) in [
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (312, "5m12s"),
            (600, "10m"),
            (3 * HOUR - 1, "179m"),
            (3 * HOUR, "3h"),
            (3 * HOUR + 300, "3h5m"),
            (8 * HOUR + 300, "8h"),
            (2 * DAY - 1, "47h"),
            (2 * DAY + HOUR, "2d1h"),
            (8 * DAY, "8d"),
            (2 * 365 * DAY, "2y"),
            (2 * 365 * DAY + DAY, "2y1d"),
            (8 * 365 * DAY + DAY, "8y"),
        ] {
            assert_eq!(short_age(Time::from_unix(1000), Time::from_unix(1000 + seconds)), letters);
        }
    }

    #[test]
    fn ages_in_words() {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        for (seconds, words) in [
            (-5, "Less than a second ago"),
            (0, "Less than a second ago"),
            (1, "1 second ago"),
            (59, "59 seconds ago"),
            (MINUTE, "About a minute ago"),
            (2 * MINUTE - 1, "About a minute ago"),
            (2 * MINUTE, "2 minutes ago"),
            (HOUR - 1, "59 minutes ago"),
            (HOUR, "About an hour ago"),
            (HOUR + 29 * MINUTE + 59, "About an hour ago"),
            (HOUR + 30 * MINUTE, "2 hours ago"),
            (47 * HOUR, "47 hours ago"),
            (47 * HOUR + 30 * MINUTE, "2 days ago"),
            (13 * DAY, "13 days ago"),
            (14 * DAY, "2 weeks ago"),
            (59 * DAY, "8 weeks ago"),
            (60 * DAY, "2 months ago"),
            (729 * DAY, "24 months ago"),
            (730 * DAY, "2 years ago"),
        ] {
            assert_eq!(age(Time::from_unix(1000), Time::from_unix(1000 + seconds)), words);
        }
    }
}
