//! Notices of money.

macro_rules! accounting {
    ([$($rest:ident)*] $($before:tt)*) => { gather! { [$($rest)*] $($before)*
    /// Accounting, to the person.
    DepositBooked {
        es: "Recibimos tu depósito",
            "Se abonaron {amount} en tu billetera.";
        en: "Your deposit arrived",
            "{amount} was credited to your wallet.";
    }
    /// Accounting, to the investor.
    FundsHeld {
        es: "Apartamos tu dinero",
            "{amount} de tu billetera quedan apartados para {project}.";
        en: "Your money is set aside",
            "{amount} of your wallet is set aside for {project}.";
    }
    /// Accounting, to the investor.
    FundsRefused {
        es: "No pudimos apartar tu dinero",
            "Tu solicitud en {project} no sigue: tu saldo disponible no alcanza o el proyecto ya \
             no recibe dinero.";
        en: "We could not set your money aside",
            "Your request in {project} ends here: your available balance is not enough, or the \
             project takes no more money.";
    }
    /// Accounting, to whoever agrees or pays.
    DisbursementRequested {
        es: "Un desembolso te espera",
            "{project} pide pagar {amount}.";
        en: "A disbursement waits for you",
            "{project} asks to pay {amount}.";
    }
    /// Accounting, to treasurers.
    DisbursementAgreed {
        es: "Un desembolso espera su pago",
            "Un desembolso grande de {project} ya tiene su segunda firma.";
        en: "A disbursement waits to be paid",
            "A large disbursement of {project} has its second signature now.";
    }
    /// Accounting, to the owner.
    DisbursementPaid {
        es: "Pagamos un desembolso",
            "Se pagaron {amount} del dinero de {project}.";
        en: "A disbursement was paid",
            "{amount} was paid out of the money of {project}.";
    }
    /// Accounting, to the owner.
    RecoveryReceived {
        es: "Llegó una recuperación",
            "{project} recuperó {amount}.";
        en: "A recovery arrived",
            "{project} recovered {amount}.";
    }
    /// Accounting, to the owner.
    ProceedsMatched {
        es: "Llegó el dinero de una venta",
            "Se conciliaron {amount} de {project}.";
        en: "The money of a sale arrived",
            "{amount} of {project} was matched.";
    }
    /// Accounting, to administrators.
    RunProposed {
        es: "Una liquidación espera tu aprobación",
            "Revisa la liquidación propuesta de {project}.";
        en: "A settlement waits for your approval",
            "Please look at the proposed settlement of {project}.";
    }
    /// Accounting, to each investor; with the reader's own net amount.
    RunPosted {
        es: "Recibiste una liquidación",
            "{project} te pagó {amount}.";
        en: "You received a settlement",
            "{project} paid you {amount}.";
    }
    /// Accounting, to the owner.
    AdvanceReturned {
        es: "Recuperaste tu anticipo",
            "{project} te devolvió {amount} de lo que anticipaste.";
        en: "Your advance came back",
            "{project} gave you back {amount} of what you had advanced.";
    }
    /// Accounting, to the owner; with the reason.
    DisbursementWithdrawn {
        es: "Un pago ya no se hará",
            "Un pago pedido de {project} se retiró o se rechazó. Motivo: {reason}.";
        en: "A payment will not be made",
            "A requested payment of {project} was withdrawn or rejected. Reason: {reason}.";
    }
    /// Accounting, to the owner.
    ProceedsReceived {
        es: "Llegó una parte de una venta",
            "Entraron {amount} a {project}; el resto de la venta aún falta.";
        en: "A part of a sale arrived",
            "{amount} came in for {project}; the rest of the sale is still missing.";
    }
    /// Accounting, to treasurers.
    DepositUnmatched {
        es: "Llegó un depósito sin dueño",
            "Nadie reconoce {amount}. Busca a su dueño en la cola de depósitos por identificar.";
        en: "A deposit arrived for nobody",
            "{amount} is nobody's yet. Please find its owner in the suspense queue.";
    }
    /// Accounting, to the person; with the reason.
    DepositReturned {
        es: "Devolvimos un depósito",
            "{amount} volvió al banco de donde vino. Motivo: {reason}.";
        en: "We sent a deposit back",
            "{amount} went back to the bank it came from. Reason: {reason}.";
    }
    /// Accounting, to administrators.
    PayoutToAgree {
        es: "Un retiro espera tu conformidad",
            "Alguien pidió retirar {amount}, más de lo que pasa con una sola firma.";
        en: "A payout waits for your agreement",
            "Somebody asked for {amount}, more than what passes with one signature.";
    }
    /// Accounting, to treasurers.
    PayoutAgreed {
        es: "Un retiro grande tiene conformidad",
            "Ya se puede pagar: está en la cola de retiros.";
        en: "A large payout was agreed to",
            "It can be paid now: it is in the queue of payouts.";
    }
    /// Accounting, to the person; with the reason.
    PayoutFailed {
        es: "Tu retiro no se pudo pagar",
            "{amount} está otra vez en tu billetera. Motivo: {reason}.";
        en: "Your payout could not be paid",
            "{amount} is back in your wallet. Reason: {reason}.";
    }
    /// Accounting, to the person.
    PayoutAccountChanged {
        es: "Cambió la cuenta de tus retiros",
            "Si no fuiste tú, avísanos: después de un cambio no pagamos nada durante 72 horas.";
        en: "The account of your payouts has changed",
            "If it was not you, tell us: after a change nothing is paid for 72 hours.";
    }
    /// Accounting, to the person.
    PayoutRequested {
        es: "Recibimos tu pedido de retiro",
            "{amount} salen de tu billetera hacia tu banco en cuanto tesorería los pague.";
        en: "We received your payout request",
            "{amount} leaves your wallet for your bank as soon as the treasury pays it.";
    }
    /// The same event, to treasurers.
    PayoutToPay {
        es: "Un retiro espera su pago",
            "Hay que pagar {amount} a la cuenta bancaria de una persona.";
        en: "A payout waits to be paid",
            "{amount} is to be paid to a person's bank account.";
    }
    /// Accounting, to the person.
    PayoutPaid {
        es: "Tu retiro fue pagado",
            "Se pagaron {amount} a tu cuenta bancaria.";
        en: "Your payout was paid",
            "{amount} was paid to your bank account.";
    }
    } };
}
pub(super) use accounting;
