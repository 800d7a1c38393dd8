//! Every figure of the story, read back through the API by those who may see it, in the shape of
//! the golden file.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use money::Fraction;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::player::{Player, minor, text, whole};

impl Player {
    /// The whole golden file, as it came out.
    pub async fn figures(&mut self) -> anyhow::Result<Value> {
        let project = self.whole_project().await?;
        let treasurer = self.somebody("TREASURER")?;
        let plan = self.plan(&project)?;
        let mut figures = json!({
            "currency": self.scenario.currency,
            "plan": plan,
            "answers": self.answers,
            "balances": self.balances,
        });
        if self.scenario.has_run() {
            figures["snapshot"] = self.snapshot(&treasurer, &project).await?;
            figures["budget"] = self.budget(&treasurer, &project).await?;
            figures["goods"] = self.goods(&project)?;
            figures["run"] = self.settled(&treasurer, &project).await?;
        }
        figures["final"] = self.last(&treasurer).await?;
        Ok(figures)
    }

    async fn whole_project(&mut self) -> anyhow::Result<Value> {
        let owner = self.somebody("OWNER")?;
        let query = format!(
            "{{ project(id: \"{}\") {{ costingJson totals {{ goal {{ amount }} }} \
             costLines {{ kind amount {{ minor }} }} \
             products {{ sku quantity received sold writtenOff boughtBack }} \
             sales {{ lines {{ sku net {{ minor }} }} }} \
             stockClosures {{ kind sku agreed price {{ minor }} }} }} }}",
            self.project
        );
        self.ask(&owner, "project", &query).await
    }

    fn plan(&self, project: &Value) -> anyhow::Result<Value> {
        let mut plan: Value = serde_json::from_str(text(&project["costingJson"])?)
            .context("the costing that the project shows")?;
        let mut lines = Map::new();
        for kind in kinds(project)? {
            let amount = self.shown(plan_line(project, &kind)?)?;
            lines.insert(kind, amount.into());
        }
        plan["lines"] = lines.into();
        plan["goal"] = project["totals"]["goal"]["amount"].clone();
        Ok(plan)
    }

    /// The frozen document itself, not what the API says about it.
    async fn snapshot(&mut self, by: &str, project: &Value) -> anyhow::Result<Value> {
        let query = format!(
            "{{ snapshot(projectId: \"{}\") {{ version hash canonical }} }}",
            self.project
        );
        let snapshot = self.ask(by, "snapshot", &query).await?;
        let canonical = text(&snapshot["canonical"])?;
        check_hash(canonical, text(&snapshot["hash"])?)?;
        let document: Value = serde_json::from_str(canonical).context("the snapshot")?;
        let totals = &document["costing"]["totals"];
        let amount = |money: &Value| self.shown(minor(money)?);
        let mut stakes = Vec::new();
        for (at, stake) in list(&document["participations"]).enumerate() {
            stakes.push(json!({
                "request": self.request_of(text(&stake["participation"])?)?,
                "investor": self.people.name_of(text(&stake["investor"])?)?,
                "type": stake["share"],
                "amount": amount(&stake["amount"])?,
                "share": stake["share_of_all"],
                "approval": at + 1,
            }));
        }
        ensure!(
            project["totals"]["goal"]["amount"] == amount(&document["goal"])?,
            "the frozen goal is not the project's"
        );
        Ok(json!({
            "version": snapshot["version"],
            "goal": amount(&document["goal"])?,
            "total_cost": amount(&totals["total_cost"])?,
            "recoverable_taxes": amount(&totals["recoverable_taxes"])?,
            "projected_return": amount(&totals["projected_return"])?,
            "participations": stakes,
        }))
    }

    async fn budget(&mut self, by: &str, project: &Value) -> anyhow::Result<Value> {
        let query = format!(
            "{{ disbursements(projectId: \"{}\") {{ budget {{ costKind planned {{ minor }} \
             actual {{ minor }} }} }} }}",
            self.project
        );
        let answer = self.ask(by, "disbursements", &query).await?;
        let mut sums: BTreeMap<String, (i128, i128)> = BTreeMap::new();
        for line in list(&answer["budget"]) {
            let sum = sums.entry(text(&line["costKind"])?.to_owned()).or_default();
            sum.0 += minor(&line["planned"])?;
            sum.1 += minor(&line["actual"])?;
        }
        let mut rows = Vec::new();
        for kind in std::iter::once("GOODS".to_owned()).chain(kinds(project)?) {
            let (planned, actual) = sums.remove(&kind).unwrap_or_default();
            rows.push(json!({
                "line": kind,
                "planned": self.shown(planned)?,
                "actual": self.shown(actual)?,
                "over": self.shown(actual - planned)?,
            }));
        }
        ensure!(sums.is_empty(), "lines that the plan has not: {sums:?}");
        Ok(rows.into())
    }

    fn goods(&self, project: &Value) -> anyhow::Result<Value> {
        let mut rows = Vec::new();
        for product in list(&project["products"]) {
            let sku = text(&product["sku"])?;
            let units = |field: &str| whole(&product[field]);
            let allotted: BTreeMap<&str, i64> = self
                .handed_over
                .iter()
                .filter_map(|(request, units)| Some((request.as_str(), *units.get(sku)?)))
                .collect();
            let taken: i64 = allotted.values().sum();
            let (mut sales, mut buy_back) = (0, 0);
            for line in list(&project["sales"]).flat_map(|sale| list(&sale["lines"])) {
                if line["sku"] == sku {
                    sales += minor(&line["net"])?;
                }
            }
            for closure in list(&project["stockClosures"]) {
                let is_bought = closure["kind"] == "BUY_BACK" && closure["agreed"] == true;
                if closure["sku"] == sku && is_bought {
                    buy_back += minor(&closure["price"])?;
                }
            }
            rows.push(json!({
                "sku": sku,
                "ordered": product["quantity"],
                "received": product["received"],
                "allotted": allotted,
                "sellable": i64::try_from(units("received")?)? - taken,
                "sold": product["sold"],
                "bought_back": product["boughtBack"],
                "written_off": product["writtenOff"],
                "net_sales": self.shown(sales)?,
                "buy_back": self.shown(buy_back)?,
            }));
        }
        Ok(rows.into())
    }

    /// The posted run, out of its own document; what was paid, out of its lines.
    async fn settled(&mut self, by: &str, project: &Value) -> anyhow::Result<Value> {
        let money = "unspent { minor } capital { minor } fractionCash { minor } \
                     profit { minor } fee { minor } tax { minor } net { minor }";
        let query = format!(
            "{{ run(id: \"{}\") {{ kind document hash lines {{ participationId {money} }} }} }}",
            self.run
        );
        let answer = self.ask(by, "run", &query).await?;
        let document = text(&answer["document"])?;
        check_hash(document, text(&answer["hash"])?)?;
        let document: Value = serde_json::from_str(document).context("the run's document")?;
        let (escrow, run) = (&document["facts"]["escrow"], &document["run"]);
        let (flow, totals) = (&run["waterfall"], &run["totals"]);
        let captured = whole(&escrow["captured_minor"])?;
        let advanced = whole(&escrow["advances_minor"])?;
        let unused = whole(&flow["unused_advances_minor"])?;
        let at_work = whole(&flow["at_work_minor"])?;
        let profit = whole(&flow["profit_minor"])?;
        let of_investors = whole(&flow["investors_profit_minor"])?;
        let before = whole(&totals["escrow_before_minor"])?;
        let figures = [
            ("captured", captured),
            ("advanced", advanced),
            ("recovered", whole(&escrow["recovered_minor"])?),
            ("paid", whole(&escrow["costs_minor"])?),
            ("unspent", whole(&flow["unspent_minor"])?),
            ("advance_unused", unused),
            ("advance_used", advanced - unused),
            ("advance_repaid", whole(&totals["advances_repaid_minor"])?),
            ("fractions", whole(&flow["fractions_minor"])?),
            ("pool", whole(&flow["pool_minor"])?),
            ("at_work", at_work),
            ("loss", at_work - whole(&flow["capital_minor"])?),
            ("profit", profit),
            ("owner_profit", profit - of_investors),
            ("owner_split", whole(&totals["owner_split_minor"])?),
            ("fee", whole(&totals["fees_minor"])?),
            ("tax", whole(&totals["taxes_minor"])?),
            (
                "distributed",
                before - whole(&totals["escrow_after_minor"])?,
            ),
        ];
        let mut settled = Map::new();
        settled.insert("kind".to_owned(), answer["kind"].clone());
        for (name, minor) in figures {
            settled.insert(name.to_owned(), self.shown(minor)?.into());
        }
        let lines: Vec<&Value> = list(&run["lines"]).collect();
        settled.insert("fraction_pots".to_owned(), self.pots(project, &lines)?);
        let paid: Vec<&Value> = list(&answer["lines"]).collect();
        settled.insert("lines".to_owned(), self.run_lines(&lines, &paid)?);
        Ok(settled.into())
    }

    fn pots(&self, project: &Value, lines: &[&Value]) -> anyhow::Result<Value> {
        let mut pots = Map::new();
        for product in list(&project["products"]) {
            let mut pot = 0;
            for paid in lines.iter().flat_map(|line| list(&line["fractions"])) {
                if paid["product"] == product["sku"] {
                    pot += whole(&paid["cash_minor"])?;
                }
            }
            let sku = text(&product["sku"])?.to_owned();
            pots.insert(sku, self.shown(pot)?.into());
        }
        Ok(pots.into())
    }

    fn run_lines(&self, lines: &[&Value], paid: &[&Value]) -> anyhow::Result<Value> {
        let mut rows = Vec::new();
        for line in lines {
            let id = text(&line["participation"])?;
            let shown = paid.iter().find(|paid| paid["participationId"] == id);
            let paid = shown.with_context(|| format!("the run shows no line of {id}"))?;
            let mut fractions = Map::new();
            let mut fraction_cost = 0;
            for fraction in list(&line["fractions"]) {
                let exact = &fraction["fraction"];
                let exact = Fraction::try_new(whole(&exact["num"])?, whole(&exact["den"])?)?;
                let product = text(&fraction["product"])?.to_owned();
                fractions.insert(product, exact.to_string().into());
                fraction_cost += whole(&fraction["landed_minor"])?;
            }
            // The document has it as a weight of the pool, where PRODUCTS have none.
            let at_work = whole(&line["amount_minor"])? - whole(&line["unspent_minor"])?;
            rows.push(json!({
                "request": self.request_of(id)?,
                "investor": self.people.name_of(text(&line["investor"])?)?,
                "unspent": self.shown(minor(&paid["unspent"])?)?,
                "at_work": self.shown(at_work)?,
                "capital": self.shown(minor(&paid["capital"])?)?,
                "fraction_cash": self.shown(minor(&paid["fractionCash"])?)?,
                "fraction_cost": self.shown(fraction_cost)?,
                "owner_split": self.shown(whole(&line["owner_split_minor"])?)?,
                "profit": self.shown(minor(&paid["profit"])?)?,
                "fee": self.shown(minor(&paid["fee"])?)?,
                "tax": self.shown(minor(&paid["tax"])?)?,
                "net": self.shown(minor(&paid["net"])?)?,
                "fractions": fractions,
            }));
        }
        // The document has the order of ties; people read the order of approvals.
        let order = |row: &Value| {
            let name = row["request"].as_str().unwrap_or_default();
            let approval = |answer: &Value| answer["do"] == "approve" && answer["ref"] == name;
            self.answers.iter().position(approval)
        };
        rows.sort_by_key(order);
        Ok(rows.into())
    }

    async fn last(&mut self, by: &str) -> anyhow::Result<Value> {
        let mut wallets = Map::new();
        for person in self.scenario.cast.clone() {
            if !person.has_wallet() {
                continue;
            }
            let user = self.people.get(&person.id)?.user.clone();
            let query = format!(
                "{{ wallet(userId: \"{user}\", currency: \"{}\") {{ balance {{ amount }} }} }}",
                self.scenario.currency
            );
            let wallet = self.ask(by, "wallet", &query).await?;
            wallets.insert(person.id, wallet["balance"]["amount"].clone());
        }
        let (books, own) = (self.books().await?, self.own().await?);
        let mut last = Map::new();
        last.insert("wallets".to_owned(), wallets.into());
        for (name, minor) in [
            ("platform_fees", -self.since(&books, "PLATFORM_FEES")),
            ("tax_payable", -self.since(&books, "TAX_PAYABLE")),
            ("escrow_capital", own.capital),
            ("escrow_proceeds", own.proceeds),
            ("held", own.held),
            ("custody_bank", self.since(&books, "CUSTODY_BANK")),
            ("trial_balance", books.sum()),
        ] {
            last.insert(name.to_owned(), self.shown(minor)?.into());
        }
        Ok(last.into())
    }

    fn request_of(&self, participation: &str) -> anyhow::Result<&str> {
        let found = self.requests.iter().find(|(_, id)| *id == participation);
        let (name, _) = found.with_context(|| format!("nobody asked for {participation}"))?;
        Ok(name)
    }
}

/// What the plan has for a kind of cost line.
pub fn plan_line(project: &Value, kind: &str) -> anyhow::Result<i128> {
    let lines = list(&project["costLines"]).filter(|line| line["kind"] == kind);
    lines.map(|line| minor(&line["amount"])).sum()
}

/// The kinds of the plan's lines, in their order, each once.
fn kinds(project: &Value) -> anyhow::Result<Vec<String>> {
    let mut kinds = Vec::new();
    for line in list(&project["costLines"]) {
        let kind = text(&line["kind"])?.to_owned();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> + Clone {
    value
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
}

fn check_hash(document: &str, hash: &str) -> anyhow::Result<()> {
    let own = hex::encode(Sha256::digest(document));
    ensure!(own == hash, "a document's hash is {own}, not {hash}");
    Ok(())
}
