//! Where a person is paid out to: an account number as its country writes it, with its check
//! digits, so that a slip of the pen sends no money to a stranger.

use strum::{Display, EnumString, IntoStaticStr};

/// How an account number is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountScheme {
    /// ISO 13616: two check digits, modulo 97.
    Iban,
    /// Mexico: 18 digits, the last one checks.
    Clabe,
    /// Peru: 20 digits, the last two check the bank's part and the account's.
    Cci,
    /// Argentina: 22 digits, each of the two parts ends with its check digit.
    Cbu,
    /// United States: routing number, whose last digit checks, and account.
    Aba,
    /// Chile and Colombia: code of the bank and account; no digit of it checks.
    Domestic,
}

/// The countries that pay by IBAN, with the length of theirs.
const IBAN: &[(&str, usize)] = &[
    ("AD", 24),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("BR", 29),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SV", 28),
    ("TR", 26),
];

/// An account number that was found to be one of its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// ISO 3166-1, upper case.
    pub country: String,
    /// How the number is made.
    pub scheme: AccountScheme,
    /// The number without blanks and points; a hyphen parts bank and account where two are given.
    pub number: String,
}

/// Why nobody can be paid to this account; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BankAccountRefusal {
    /// Money is not paid out there.
    #[error("accounts of this country are not supported")]
    UnknownCountry,
    /// Too short, too long, or with other characters.
    #[error("this is not an account number of that country")]
    Malformed,
    /// A digit is wrong, or two stand in each other's place.
    #[error("the check digits of the account number do not match")]
    CheckDigits,
}

impl BankAccountRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownCountry => "payout_country_unsupported",
            Self::Malformed => "payout_account_malformed",
            Self::CheckDigits => "payout_account_check_digits",
        }
    }
}

impl BankAccount {
    /// Reads a number as people write it, with blanks, points and hyphens.
    pub fn read(country: &str, number: &str) -> Result<Self, BankAccountRefusal> {
        let country = country.trim().to_ascii_uppercase();
        let in_two_parts = matches!(country.as_str(), "US" | "CL" | "CO");
        let is_kept = |c: &char| !c.is_whitespace() && *c != '.' && (in_two_parts || *c != '-');
        let number: String = number.chars().filter(is_kept).collect();
        let number = number.to_ascii_uppercase();
        let (scheme, checks) = match country.as_str() {
            "MX" => (AccountScheme::Clabe, clabe(&digits(&number, 18)?)),
            "PE" => (AccountScheme::Cci, cci(&digits(&number, 20)?)),
            "AR" => (AccountScheme::Cbu, cbu(&digits(&number, 22)?)),
            "US" => (AccountScheme::Aba, aba(&number)?),
            "CL" | "CO" => (
                AccountScheme::Domestic,
                parts(&number, 3..=4).map(|_| true)?,
            ),
            _ => (AccountScheme::Iban, iban(&country, &number)?),
        };
        if !checks {
            return Err(BankAccountRefusal::CheckDigits);
        }
        Ok(Self {
            country,
            scheme,
            number,
        })
    }

    /// The number as it is shown: its last four characters.
    pub fn masked(&self) -> String {
        let hidden = self.number.chars().count().saturating_sub(4);
        let shown: String = self.number.chars().skip(hidden).collect();
        format!("{} ···{shown}", self.country)
    }
}

fn digits(number: &str, count: usize) -> Result<Vec<u32>, BankAccountRefusal> {
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits.filter(|digits| digits.len() == count);
    digits.ok_or(BankAccountRefusal::Malformed)
}

/// The digits of a bank and of an account there, which a hyphen parts.
fn parts(
    number: &str,
    bank: std::ops::RangeInclusive<usize>,
) -> Result<(Vec<u32>, Vec<u32>), BankAccountRefusal> {
    let (left, right) = number
        .split_once('-')
        .ok_or(BankAccountRefusal::Malformed)?;
    let right = right.replace('-', "");
    if !bank.contains(&left.len()) || !(4..=17).contains(&right.len()) {
        return Err(BankAccountRefusal::Malformed);
    }
    Ok((digits(left, left.len())?, digits(&right, right.len())?))
}

/// The digit that takes a weighted sum to the next ten.
fn to_ten(sum: u32) -> u32 {
    (10 - sum % 10) % 10
}

fn weighted(digits: &[u32], weights: &[u32]) -> impl Iterator<Item = u32> {
    digits
        .iter()
        .zip(weights.iter().cycle())
        .map(|(d, w)| d * w)
}

fn clabe(number: &[u32]) -> bool {
    let sum = weighted(&number[..17], &[3, 7, 1]).map(|product| product % 10);
    to_ten(sum.sum()) == number[17]
}

fn cci(number: &[u32]) -> bool {
    let check = |part: &[u32]| {
        let sum = weighted(part, &[1, 2]).map(|product| product / 10 + product % 10);
        to_ten(sum.sum())
    };
    check(&number[..6]) == number[18] && check(&number[6..18]) == number[19]
}

fn cbu(number: &[u32]) -> bool {
    let check = |part: &[u32], weights: &[u32]| to_ten(weighted(part, weights).sum());
    check(&number[..7], &[7, 1, 3, 9]) == number[7]
        && check(&number[8..21], &[3, 9, 7, 1]) == number[21]
}

fn aba(number: &str) -> Result<bool, BankAccountRefusal> {
    let (routing, _) = parts(number, 9..=9)?;
    Ok(weighted(&routing, &[3, 7, 1]).sum::<u32>() % 10 == 0)
}

fn iban(country: &str, number: &str) -> Result<bool, BankAccountRefusal> {
    let known = IBAN.iter().find(|(code, _)| *code == country);
    let (_, length) = known.ok_or(BankAccountRefusal::UnknownCountry)?;
    if number.len() != *length || !number.starts_with(country) {
        return Err(BankAccountRefusal::Malformed);
    }
    let mut rest = 0;
    for c in number.chars().cycle().skip(4).take(*length) {
        let value = c.to_digit(36).ok_or(BankAccountRefusal::Malformed)?;
        rest = (rest * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    Ok(rest == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 8] = [
        ("DE", "DE89 3704 0044 0532 0130 00"),
        ("GB", "gb29 nwbk 6016 1331 9268 19"),
        ("ES", "ES91 2100 0418 4502 0005 1332"),
        ("MX", "032180000118359719"),
        ("PE", "002-193-002214477061-11"),
        ("AR", "28505909 40090418135201"),
        ("US", "021000021-000123456789"),
        ("CO", "007-1234567890"),
    ];

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (country, number) in GOOD {
            let read = BankAccount::read(country, number);
            let read = read.unwrap_or_else(|why| panic!("{country} {number}: {why}"));
            assert!(!read.number.contains([' ', '.']));
        }
        let account = BankAccount::read(" pe", "002.193.002214477061.11").expect("good");
        assert_eq!(account.number, "00219300221447706111");
        assert_eq!(account.masked(), "PE ···6111");
    }

    #[test]
    fn one_wrong_digit_is_found() {
        for (country, number) in GOOD.into_iter().filter(|(country, _)| *country != "CO") {
            // In a routing number and an account, the account has no check digit.
            let checked = if country == "US" { 9 } else { number.len() };
            for (at, c) in number.char_indices().take(checked) {
                let Some(digit) = c.to_digit(10) else {
                    continue;
                };
                let other = ((digit + 1) % 10).to_string();
                let wrong = format!("{}{other}{}", &number[..at], &number[at + 1..]);
                assert!(
                    BankAccount::read(country, &wrong).is_err(),
                    "{country} {wrong}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_number_of_the_country_is_refused() {
        use BankAccountRefusal::{Malformed, UnknownCountry};
        for (country, number, why) in [
            ("XX", "123", UnknownCountry),
            ("", "", UnknownCountry),
            ("PE", "0021930022144770611", Malformed),
            ("PE", "0021930022144770611A", Malformed),
            ("DE", "GB29NWBK60161331926819", Malformed),
            ("DE", "DE8937040044053201300é", Malformed),
            ("US", "021000021", Malformed),
            ("CL", "1-12345", Malformed),
        ] {
            assert_eq!(
                BankAccount::read(country, number),
                Err(why),
                "{country} {number}"
            );
        }
    }
}
