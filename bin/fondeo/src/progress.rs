//! What a person sees while something takes its time: a moving line on a terminal, nothing else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// One line that says what is being done.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line with a spinner.
    pub fn spinner() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_style(style("{spinner:.cyan} {msg} {elapsed:.dim}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// A line with a bar of so many steps.
    pub fn bar(steps: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        bar.set_style(style(
            "{spinner:.cyan} [{bar:24.cyan/dim}] {pos}/{len} {msg}",
        ));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// What comes now.
    pub fn step(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// One step of the bar is done; `line` stays above it.
    pub fn done(&self, line: &str) {
        self.bar.inc(1);
        if self.bar.is_hidden() {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a constant template")
}
