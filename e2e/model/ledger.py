"""The accounts of domain.md §7, as far as a story needs them."""

CUSTODY, CAPITAL, PROCEEDS = "custody:bank", "escrow:capital", "escrow:proceeds"
FEES, TAX = "platform:fees", "tax:payable"


def wallet(person):
    return f"wallet:{person}"


class Ledger:
    """Balances by account, credits positive; `pending` are two-step transfers by name."""

    def __init__(self):
        self.balances = {}
        self.pending = {}

    def credit(self, account):
        return self.balances.get(account, 0)

    @property
    def custody(self):
        """The bank's balance, the one account with a debit side."""
        return -self.credit(CUSTODY)

    @property
    def held(self):
        return sum(units for _, _, units in self.pending.values())

    def available(self, account):
        """What may still go out: posted less what is pending against it."""
        going = sum(units for debit, _, units in self.pending.values() if debit == account)
        return self.credit(account) - going

    def transfer(self, debit, credit, units):
        if units < 0 or (debit != CUSTODY and self.available(debit) < units):
            raise ValueError(f"{debit} can't pay {units}")
        self.balances[debit] = self.credit(debit) - units
        self.balances[credit] = self.credit(credit) + units
        if self.custody < 0:
            raise ValueError("the bank is overdrawn")

    def hold(self, name, debit, credit, units):
        """Sets money aside; False when the account doesn't have it."""
        if self.available(debit) < units:
            return False
        self.pending[name] = (debit, credit, units)
        return True

    def post(self, name):
        self.transfer(*self.pending.pop(name))

    def void(self, name):
        del self.pending[name]

    @property
    def trial_balance(self):
        return sum(self.balances.values())
