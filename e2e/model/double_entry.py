"""A second book of double entry (domain.md §7), which shares nothing with `models/ledger`.

It reads commands and answers each on a line of its own, so that another program can send both books
the same commands and compare. Integers only. A line is

    N                             a new book, empty
    A <account> <currency> <D|C, the normal side> <0|1, may not go below zero>
    T <id> <debit account> <credit account> <amount> <currency> <P posted at once|H held>
    P <id> <pending id> <amount, or - for all of it>
    V <id> <pending id>           void
    X <id> <pending id>           expire
    L <n>                         the next n commands are linked; they are answered together
    B                             every account's four sums, on one line

and the answer `created`, `exists` or the refusal's code; for a linked batch that was refused, the place
of the command before it. Several rules may forbid one command. The first of these answers:
the id was used before; the amount; the two accounts are one; the debit account is not there, or is in
another currency; the same of the credit account; then the debit account's sums and constraint, and then
the credit account's.
"""

import sys

LIMIT = 10**15
POSTED, HELD, POST, VOID, EXPIRE = "posted", "held", "P", "V", "X"
ENDED = {
    POST: "pending_transfer_already_posted",
    VOID: "pending_transfer_already_voided",
    EXPIRE: "pending_transfer_expired",
}


class Refused(Exception):
    pass


class Account:
    def __init__(self, currency, normal, constrained):
        self.currency, self.normal, self.constrained = currency, normal, constrained
        # By side: what was posted, and what is held.
        self.posted = {"D": 0, "C": 0}
        self.held = {"D": 0, "C": 0}

    @property
    def available(self):
        """What may leave: posted on the normal side, less what left and what is held to leave."""
        out = "C" if self.normal == "D" else "D"
        return self.posted[self.normal] - self.posted[out] - self.held[out]


class Book:
    def __init__(self):
        self.accounts = {}
        # By id: (kind, debit, credit, amount, currency, pending id)
        self.transfers = {}
        # By the held transfer's id: how it ended.
        self.ends = {}

    def entry(self, account, side, posted, held):
        """Books one side. Letting go of a hold, and money that comes in, are never too much."""
        kept = self.accounts[account]
        if kept.posted[side] + posted > LIMIT or kept.held[side] + held > LIMIT:
            raise Refused("overflow")
        leaves = side != kept.normal and posted + held > 0
        if leaves and kept.constrained and kept.available < posted + held:
            raise Refused("exceeds_debits" if kept.normal == "D" else "exceeds_credits")
        kept.posted[side] += posted
        kept.held[side] += held

    def entries(self, debit, credit, posted, held):
        self.entry(debit, "D", posted, held)
        try:
            self.entry(credit, "C", posted, held)
        except Refused:
            self.entry_back(debit, "D", posted, held)
            raise

    def entry_back(self, account, side, posted, held):
        self.accounts[account].posted[side] -= posted
        self.accounts[account].held[side] -= held

    def execute(self, words):
        """Books a command and gives what would take it back; None where it was booked before."""
        known = self.transfers.get(words[1])
        if known is not None:
            self.compare(words, known)
            return None
        return self.transfer(words) if words[0] == "T" else self.end(words)

    def compare(self, words, known):
        kind, debit, credit, amount, currency, pending = known
        wanted = words[0]
        if wanted == "T":
            wanted = HELD if words[6] == "H" else POSTED
        if kind != wanted:
            raise Refused("exists_with_different_phase")
        if words[0] == "T":
            given = [("debit_account", debit, words[2]), ("credit_account", credit, words[3]),
                     ("amount", amount, int(words[4])), ("currency", currency, words[5])]
        else:
            given = [("pending_transfer", pending, words[2])]
            if kind == POST:
                whole = self.transfers[pending][3] if pending in self.transfers else None
                given.append(("amount", amount, whole if words[3] == "-" else int(words[3])))
        for field, was, says in given:
            if was != says:
                raise Refused("exists_with_different_" + field)

    def transfer(self, words):
        _, id, debit, credit, amount, currency, phase = words
        amount = int(amount)
        if amount <= 0:
            raise Refused("amount_must_be_positive")
        if amount > LIMIT:
            raise Refused("overflow")
        if debit == credit:
            raise Refused("same_accounts")
        for account in (debit, credit):
            if account not in self.accounts:
                raise Refused("account_not_found")
            if self.accounts[account].currency != currency:
                raise Refused("currency_mismatch")
        posted, held = (0, amount) if phase == "H" else (amount, 0)
        self.entries(debit, credit, posted, held)
        kind = HELD if phase == "H" else POSTED
        self.transfers[id] = (kind, debit, credit, amount, currency, None)
        return id, debit, credit, posted, held, None

    def end(self, words):
        kind, id, pending = words[:3]
        if pending not in self.transfers:
            raise Refused("pending_transfer_not_found")
        was, debit, credit, whole, currency, _ = self.transfers[pending]
        if was != HELD:
            raise Refused("pending_transfer_not_pending")
        if pending in self.ends:
            raise Refused(ENDED[self.ends[pending]])
        amount = whole if kind != POST or words[3] == "-" else int(words[3])
        if amount <= 0:
            raise Refused("amount_must_be_positive")
        if amount > whole:
            raise Refused("exceeds_pending_transfer_amount")
        posted = amount if kind == POST else 0
        self.entries(debit, credit, posted, -whole)
        self.transfers[id] = (kind, debit, credit, amount, currency, pending)
        self.ends[pending] = kind
        return id, debit, credit, posted, -whole, pending

    def take_back(self, done):
        id, debit, credit, posted, held, pending = done
        self.entry_back(debit, "D", posted, held)
        self.entry_back(credit, "C", posted, held)
        del self.transfers[id]
        if pending is not None:
            del self.ends[pending]

    def linked(self, commands):
        """All or nothing; what was booked before must have been booked as a whole."""
        done = []
        for place, words in enumerate(commands):
            try:
                done.append(self.execute(words))
                if (done[-1] is None) != (done[0] is None):
                    raise Refused("linked_partly_exists")
            except Refused as refused:
                for one in filter(None, reversed(done)):
                    self.take_back(one)
                return f"{place} {refused}"
        return "exists" if done[0] is None else "created"

    def sums(self):
        return " ".join(
            f"{name}:{kept.posted['D']},{kept.posted['C']},{kept.held['D']},{kept.held['C']}"
            for name, kept in sorted(self.accounts.items()))


def answers(lines):
    book = Book()
    for line in lines:
        words = line.split()
        if words[0] == "N":
            book = Book()
        elif words[0] == "A":
            book.accounts[words[1]] = Account(words[2], words[3], words[4] == "1")
        elif words[0] == "B":
            yield book.sums()
        elif words[0] == "L":
            yield book.linked([next(lines).split() for _ in range(int(words[1]))])
        else:
            try:
                yield "exists" if book.execute(words) is None else "created"
            except Refused as refused:
                yield str(refused)


if __name__ == "__main__":
    sys.stdout.writelines(answer + "\n" for answer in answers(sys.stdin))
