//! Notices of participations.

macro_rules! participation {
    ([$($rest:ident)*] $($before:tt)*) => { gather! { [$($rest)*] $($before)*
    /// Participation, to the project's owner.
    ParticipationHeld {
        es: "Una participación espera tu decisión",
            "Hay una solicitud nueva, con su dinero apartado, en {project}.";
        en: "A participation waits for your decision",
            "There is a new request, with its money set aside, in {project}.";
    }
    /// Participation, to the investor.
    ParticipationApproved {
        es: "Tu participación fue aprobada",
            "Participas en {project} con {amount}.";
        en: "Your participation was approved",
            "You take part in {project} with {amount}.";
    }
    /// Participation, to the investor; with the reason.
    ParticipationRejected {
        es: "Tu participación no fue aceptada",
            "Proyecto: {project}. Motivo: {reason}. Tus {amount} quedan libres.";
        en: "Your participation was not accepted",
            "Project: {project}. Reason: {reason}. Your {amount} is free again.";
    }
    /// Participation, to the investor and to the project's owner.
    ParticipationWithdrawn {
        es: "Una participación fue retirada",
            "La participación de {amount} en {project} ya no existe. Su dinero queda libre.";
        en: "A participation was withdrawn",
            "The participation of {amount} in {project} is no more. Its money is free again.";
    }
    /// Participation, to the investor and to the project's owner.
    ParticipationExpired {
        es: "Una solicitud venció",
            "Nadie decidió a tiempo sobre {amount} en {project}. El dinero queda libre.";
        en: "A request has expired",
            "Nobody decided in time on {amount} in {project}. The money is free again.";
    }
    /// Participation, to the investor.
    ParticipationWaitlisted {
        es: "Estás en la lista de espera",
            "Tu solicitud de {amount} en {project} espera cupo. No apartamos dinero hasta que lo \
             haya.";
        en: "You are on the waiting list",
            "Your request of {amount} in {project} waits for room. No money is set aside until \
             there is some.";
    }
    /// Participation, to the investor.
    WaitingListEnded {
        es: "La lista de espera terminó",
            "No hubo cupo para tus {amount} en {project}.";
        en: "The waiting list has ended",
            "There was no room for your {amount} in {project}.";
    }
    /// Participation, to the investor and to the project's owner.
    ParticipationNotRenewed {
        es: "Una participación no se renovó",
            "{project} cambió de manera sustancial y la participación de {amount} no se renovó a \
             tiempo. Su dinero queda libre.";
        en: "A participation was not renewed",
            "{project} changed materially, and the participation of {amount} was not renewed in \
             time. Its money is free again.";
    }
    /// Participation, to the investor.
    ParticipationLiquidated {
        es: "Tu participación terminó con una liquidación por cancelación",
            "{project} fue cancelado en su ejecución y lo que quedó está repartido.";
        en: "Your participation has ended with a liquidation",
            "{project} was cancelled in its execution, and what was left is shared out.";
    }
    /// Participation, to the investor.
    ParticipationActivated {
        es: "Tu proyecto fue aprobado",
            "{project} fue aprobado y tu participación está activa.";
        en: "Your project was approved",
            "{project} was approved and your participation is active.";
    }
    /// Participation, to the investor.
    ParticipationRefunded {
        es: "Te devolvemos tu dinero",
            "{project} no siguió adelante. Tus {amount} vuelven a tu billetera.";
        en: "We return your money",
            "{project} did not go ahead. Your {amount} goes back to your wallet.";
    }
    /// Participation, to the investor.
    ParticipationSettled {
        es: "Tu participación terminó",
            "{project} quedó liquidado y todo lo tuyo está pagado.";
        en: "Your participation has ended",
            "{project} is settled and everything due to you is paid.";
    }
    } };
}
pub(super) use participation;
