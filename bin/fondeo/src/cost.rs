//! `fondeo cost`: the landed cost of a sheet, offline, as a table to print or as JSON.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use costing::{Rates, compute, read_sheet_with, read_workbook_with, render_table};
use money::{Currency, Fx, Ppm};

/// Far more than a sheet of the most rows that a project may have.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The landed cost of a sheet of goods and costs: per product, and for the whole project.
#[derive(Debug, clap::Args)]
pub struct CostArgs {
    /// The goods: a CSV file with one product in a row; or a workbook with the sheets `goods` and
    /// `costs`
    #[arg(value_name = "GOODS.csv|BOOK.xlsx")]
    goods: PathBuf,
    /// The costs: a CSV file with one cost line in a row; with a workbook there is none
    #[arg(long, value_name = "COSTS.csv")]
    costs: Option<PathBuf>,
    /// The project's currency, such as USD
    #[arg(long, value_name = "CODE")]
    currency: Currency,
    /// The owner's margin on cost, in percent with at most four decimals
    #[arg(long, value_name = "PERCENT", value_parser = Ppm::parse_percent)]
    margin_pct: Ppm,
    /// What one unit of another currency is worth in the project's, such as CNY=0.1405; repeatable
    #[arg(long = "rate", value_name = "CODE=RATE", value_parser = parse_rate)]
    rates: Vec<(Currency, Fx)>,
    /// Print JSON for programs instead of the table
    #[arg(long)]
    json: bool,
}

/// Prints the costing; or, to standard error, every place of the sheet that is wrong.
pub fn run(args: &CostArgs) -> anyhow::Result<ExitCode> {
    let goods = read_file(&args.goods)?;
    let costs = args.costs.as_deref().map(read_file).transpose()?;
    match cost(args, &goods, costs.as_deref()) {
        Ok(text) => {
            std::io::stdout().write_all(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusals) => {
            let mut stderr = std::io::stderr().lock();
            for refusal in &refusals {
                writeln!(stderr, "error: {refusal}")?;
            }
            writeln!(
                stderr,
                "{} to put right; no cost was worked out",
                refusals.len()
            )?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn cost(args: &CostArgs, goods: &[u8], costs: Option<&[u8]>) -> Result<String, Vec<String>> {
    let rates: Rates = args.rates.iter().copied().collect();
    let sheet = match costs {
        Some(costs) => read_sheet_with(goods, costs, args.currency, rates),
        None => read_workbook_with(goods, args.currency, rates),
    };
    let sheet =
        sheet.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let whole = |error: anyhow::Error| vec![format!("{error:#}")];
    let costing = compute(&sheet, args.margin_pct).map_err(|error| whole(error.into()))?;
    if args.json {
        let json = costing.to_json().map_err(|error| whole(error.into()))?;
        Ok(format!("{json:#}\n"))
    } else {
        render_table(&costing).map_err(|error| whole(error.into()))
    }
}

fn parse_rate(text: &str) -> anyhow::Result<(Currency, Fx)> {
    let (code, rate) = text.split_once('=').context("write it as CODE=RATE")?;
    let rate: Fx = rate.parse()?;
    ensure!(!rate.is_zero(), "a rate must be above zero");
    Ok((code.parse()?, rate))
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .with_context(|| format!("can't read {}", path.display()))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE_BYTES);
    ensure!(
        fits,
        "{} is no sheet: it is larger than 16 MiB",
        path.display()
    );
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    const GOODS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.csv");
    const COSTS: &[u8] = include_bytes!("../../../examples/ningbo-home-goods.costs.csv");

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: CostArgs,
    }

    fn args(more: &str) -> Result<CostArgs, clap::Error> {
        let line = format!("cost g.csv --costs c.csv --margin-pct 30 {more}");
        Line::try_parse_from(line.split_whitespace()).map(|line| line.args)
    }

    #[test]
    fn the_example_is_costed_as_a_table_and_as_json() {
        let table = cost(&args("--currency USD").expect("good"), GOODS, Some(COSTS)).expect("good");
        assert!(table.contains("CASH NEED"));
        let json = cost(
            &args("--currency USD --json").expect("good"),
            GOODS,
            Some(COSTS),
        );
        let json: serde_json::Value = serde_json::from_str(&json.expect("good")).expect("JSON");
        assert_eq!(json["totals"]["total_cost"], "63100.60");
        assert_eq!(json["products"][0]["planned_unit_price"], "46.7261");
    }

    #[test]
    fn a_workbook_costs_what_its_two_files_cost() {
        let json = args("--currency USD --json").expect("good");
        let book = include_bytes!("../../../examples/ningbo-home-goods.xlsx");
        let files = cost(&json, GOODS, Some(COSTS));
        assert_eq!(cost(&json, book, None), files);
        let refusals = cost(&json, GOODS, None).expect_err("no workbook");
        assert_eq!(
            refusals,
            ["goods: this is no workbook that can be read; save it as .xlsx"]
        );
    }

    #[test]
    fn every_wrong_place_is_a_message_of_its_own() {
        let other = args("--currency EUR").expect("good");
        let refusals = cost(&other, GOODS, Some(COSTS)).expect_err("the sheet is in dollars");
        assert_eq!(refusals.len(), 5 + 11);
        let with_rate = args("--currency EUR --rate USD=0.92").expect("good");
        assert!(cost(&with_rate, GOODS, Some(COSTS)).is_ok());
    }

    #[test]
    fn a_line_that_can_not_be_shared_out_is_named_with_its_reason() {
        let costs = "kind,name,amount,currency,rate_pct,base,allocation,recoverable\n\
                     STORAGE,Shed,5.00,USD,,,BY_VOLUME,no\n";
        let goods = "sku,name,hs_code,quantity,unit,unit_price,currency,unit_weight_kg,\
                     unit_volume_m3,duty_rate_pct\nA,First,1234,1,unit,1,USD,0,0,0\n";
        let args = args("--currency USD").expect("good");
        let refusals =
            cost(&args, goods.as_bytes(), Some(costs.as_bytes())).expect_err("no volume");
        assert_eq!(
            refusals,
            [
                "cost line `Shed` (STORAGE): no product has anything to allocate BY_VOLUME by; \
              give it, or choose another key"
            ]
        );
    }

    #[test]
    fn bad_arguments_are_refused_before_anything_is_read() {
        for more in [
            "",
            "--currency usd",
            "--currency USD --rate PEN",
            "--currency USD --rate PEN=0",
        ] {
            assert!(args(more).is_err(), "{more}");
        }
    }
}
