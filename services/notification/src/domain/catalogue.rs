//! Every notice with its words: one that lacks a language does not compile.

use strum::{Display, EnumIter, EnumString};

/// What we write in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// Spanish, also for whoever is not known yet.
    #[default]
    Es,
    /// English.
    En,
}

macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident {
            es: $subject_es:literal, $body_es:literal;
            en: $subject_en:literal, $body_en:literal;
        }
    )+) => {
        /// A notice, by the name of the event that it tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter)]
        #[strum(serialize_all = "snake_case")]
        pub enum Kind {$(
            $(#[doc = $doc])+
            $kind,
        )+}

        impl Kind {
            /// Whose event it is, and who is told.
            pub const fn told(self) -> &'static str {
                match self {$(
                    Self::$kind => concat!($($doc),+),
                )+}
            }

            /// Subject and body; the body names its facts in braces: project, amount, reason.
            pub const fn words(self, language: Language) -> (&'static str, &'static str) {
                match (self, language) {$(
                    (Self::$kind, Language::Es) => ($subject_es, $body_es),
                    (Self::$kind, Language::En) => ($subject_en, $body_en),
                )+}
            }
        }
    };
}

/// Where a notice is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// On the platform.
    Inbox,
    /// By mail.
    Mail,
}

impl Kind {
    /// Whether it cannot be switched off: money moved, a decision waits, somebody's safety, or
    /// something that an investor must know. What only says how a project goes can be.
    pub const fn is_required(self) -> bool {
        !matches!(
            self,
            Self::ParticipationActivated
                | Self::ParticipationSettled
                | Self::ProjectPublished
                | Self::FundingOpened
                | Self::ProjectFullyFunded
                | Self::FundingReopened
                | Self::ProjectApproved
                | Self::ExecutionStarted
                | Self::GoodsReceived
                | Self::GoodsHandedOver
                | Self::StockWrittenOff
                | Self::ProjectCompleted
                | Self::ProjectSettled
                | Self::MilestoneRecorded
                | Self::UpdatePosted
                | Self::QuestionAsked
                | Self::QuestionAnswered
                | Self::KeyInformationIssued
                | Self::LiquidationClosed
        )
    }
}

catalogue! {
    /// Auth, to the person: a sign-in was ended because its token came twice.
    RefreshTokenReused {
        es: "Cerramos una sesión por seguridad",
            "Una credencial de tu sesión se usó dos veces. Vuelve a iniciar sesión.";
        en: "We ended a session for your safety",
            "A credential of your session was used twice. Please sign in again.";
    }
    /// Auth, to the person: for their safety.
    TotpEnrolled {
        es: "Activaste el segundo factor",
            "Desde ahora te pediremos un código al iniciar sesión. Si no fuiste tú, escríbenos de \
             inmediato.";
        en: "Your second factor is on",
            "From now on we ask for a code when you sign in. If this was not you, please write \
             to us at once.";
    }
    /// Auth, to the person: for their safety.
    TotpRemoved {
        es: "Se desactivó tu segundo factor",
            "Ya no pedimos un código al iniciar sesión. Si no fuiste tú, escríbenos de inmediato.";
        en: "Your second factor is off",
            "We do not ask for a code any more when you sign in. If this was not you, please \
             write to us at once.";
    }
    /// Auth, to the person: for their safety.
    RecoveryCodeUsed {
        es: "Se usó un código de recuperación",
            "Alguien inició sesión con uno de tus códigos de recuperación. Si no fuiste tú, \
             escríbenos de inmediato.";
        en: "A recovery code was used",
            "Somebody signed in with one of your recovery codes. If this was not you, please \
             write to us at once.";
    }
    /// Auth, to the person: from a browser that they had not used.
    SignedIn {
        es: "Nuevo inicio de sesión en tu cuenta",
            "Alguien inició sesión con tu contraseña desde un navegador nuevo. Si no fuiste tú, \
             cambia de contraseña y escríbenos de inmediato.";
        en: "A new sign-in to your account",
            "Somebody signed in with your password from a new browser. If this was not you, \
             please change your password and write to us at once.";
    }
    /// Auth, to the person: others are trying to sign in as them.
    SignInsLimited {
        es: "Demasiados intentos de entrar en tu cuenta",
            "Frenamos los intentos de iniciar sesión con tu dirección. Desde tus navegadores de \
             siempre puedes entrar con normalidad.";
        en: "Too many tries to get into your account",
            "We slow down tries to sign in with your address. From the browsers that you have \
             used before you get in as usual.";
    }
    /// Auth, to the other administrators: a machine may read.
    ServiceCredentialIssued {
        es: "Se emitió una credencial de servicio",
            "Un programa puede leer desde ahora lo mismo que un auditor. Revísalo en la lista de \
             credenciales.";
        en: "A service credential was issued",
            "From now on a program can read what an auditor can. Please look at it in the list of \
             credentials.";
    }
    /// Users, to administrators.
    KycSubmitted {
        es: "Una identidad espera tu verificación",
            "Una persona envió sus documentos. Revísalos en la cola de verificación.";
        en: "An identity waits for your verification",
            "A person sent their documents. Please look at them in the verification queue.";
    }
    /// Users, to the person.
    KycVerified {
        es: "Tu identidad está verificada",
            "Ya puedes participar en proyectos.";
        en: "Your identity is verified",
            "You can take part in projects now.";
    }
    /// Users, to the person; with the reason.
    KycRejected {
        es: "No pudimos verificar tu identidad",
            "Motivo: {reason}. Puedes enviar tus datos otra vez.";
        en: "We could not verify your identity",
            "Reason: {reason}. You can send your details again.";
    }
    /// Users, to the person.
    KycExpired {
        es: "La verificación de tu identidad venció",
            "Tus participaciones siguen. Para hacer nuevas, envía tus datos otra vez.";
        en: "The verification of your identity has expired",
            "Your participations go on. To make new ones, please send your details again.";
    }
    /// Users, to the person; with the reason.
    KycSuspended {
        es: "Suspendimos la verificación de tu identidad",
            "Motivo: {reason}. Tus participaciones siguen. Para hacer nuevas y retirar dinero, \
             envía tus datos otra vez.";
        en: "We suspended the verification of your identity",
            "Reason: {reason}. Your participations go on. To make new ones and to take money \
             out, please send your details again.";
    }
    /// Users, to administrators.
    CategoryRequested {
        es: "Una solicitud de categoría espera tu decisión",
            "Una persona pide ser inversionista sofisticado. Revisa la cola de categorías.";
        en: "A request for a category waits for your decision",
            "A person asks to be a sophisticated investor. Please look at the category queue.";
    }
    /// Users, to the investor; with the reason.
    CategoryRefused {
        es: "No cambiamos tu categoría de inversionista",
            "Motivo: {reason}. Puedes pedirla otra vez.";
        en: "Your investor category stays as it is",
            "Reason: {reason}. You can ask for it again.";
    }
    /// Users, to the investor.
    InvestorLimitsSet {
        es: "Cambió tu categoría o tus límites de inversión",
            "Consulta en tu perfil cuánto puedes poner por proyecto y en doce meses.";
        en: "Your investor category or limits have changed",
            "Please see in your profile how much you can put up per project and in twelve months.";
    }
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
    /// Projects, to the owner.
    ProjectPublished {
        es: "Tu proyecto está publicado",
            "Desde ahora todos pueden ver {project} y sus condiciones ya no cambian.";
        en: "Your project is published",
            "From now on everybody can see {project}, and its terms do not change any more.";
    }
    /// Projects, to the owner.
    FundingOpened {
        es: "Se abrió el financiamiento",
            "Ya se puede participar en {project}.";
        en: "Funding is open",
            "People can take part in {project} now.";
    }
    /// Projects, to everybody in it.
    ProjectFullyFunded {
        es: "El proyecto reunió todo su dinero",
            "{project} alcanzó su meta. Falta su aprobación.";
        en: "The project has all its money",
            "{project} reached its goal. Its approval comes next.";
    }
    /// Projects, to everybody in it.
    FundingReopened {
        es: "El financiamiento se abrió otra vez",
            "Alguien se retiró y a {project} le falta dinero de nuevo.";
        en: "Funding is open again",
            "Somebody withdrew, and {project} lacks money again.";
    }
    /// Projects, to administrators.
    ProjectReadyForApproval {
        es: "Un proyecto espera tu aprobación",
            "{project} está financiado por completo.";
        en: "A project waits for your approval",
            "{project} is fully funded.";
    }
    /// Projects, to the owner.
    ProjectApproved {
        es: "Aprobaron tu proyecto",
            "Puedes iniciar la ejecución de {project}.";
        en: "They approved your project",
            "You can start the execution of {project}.";
    }
    /// Projects, to everybody in it.
    ExecutionStarted {
        es: "El proyecto está en marcha",
            "Comenzó la ejecución de {project}.";
        en: "The project is under way",
            "The execution of {project} has started.";
    }
    /// Projects, to everybody in it.
    GoodsReceived {
        es: "Llegó la mercancía",
            "La mercancía de {project} está contada y repartida.";
        en: "The goods have arrived",
            "The goods of {project} are counted and allotted.";
    }
    /// Projects, to the investor.
    GoodsHandedOver {
        es: "Recibiste tus productos",
            "Quedó registrada la entrega de tus productos de {project}.";
        en: "You received your goods",
            "The handover of your goods of {project} is on record.";
    }
    /// Projects, to treasurers.
    SaleReported {
        es: "Una venta espera su cobro",
            "{project} informó una venta por {amount}. Concíliala cuando llegue el dinero.";
        en: "A sale waits for its receipt",
            "{project} reported a sale of {amount}. Match it when the money arrives.";
    }
    /// Projects, to administrators.
    StockClosureProposed {
        es: "Un cierre de existencias espera tu acuerdo",
            "Revisa la propuesta sobre la mercancía restante de {project}.";
        en: "A stock closure waits for your agreement",
            "Please look at the proposal for what is left of the goods of {project}.";
    }
    /// Projects, to the owner.
    StockWrittenOff {
        es: "Aceptaron dar de baja existencias",
            "La baja que propusiste en {project} está registrada.";
        en: "Your write-off was agreed to",
            "The write-off that you proposed in {project} is on record.";
    }
    /// Projects, to the owner; with what is owed.
    StockBoughtBack {
        es: "Aceptaron tu recompra",
            "Debes {amount} por la recompra de existencias de {project}.";
        en: "Your buy-back was agreed to",
            "You owe {amount} for the stock of {project} that you bought back.";
    }
    /// Projects, to administrators.
    CompletionDeclared {
        es: "Un cierre de costos espera tu confirmación",
            "Se declararon cerrados los costos de {project}.";
        en: "A completion waits for your confirmation",
            "The costs of {project} were declared closed.";
    }
    /// Projects, to everybody in it.
    ProjectCompleted {
        es: "El proyecto está completo",
            "{project} terminó su ejecución. Sigue la liquidación final.";
        en: "The project is completed",
            "The execution of {project} is over. The final settlement comes next.";
    }
    /// Projects, to the owner; participants learn it of their participation.
    ProjectSettled {
        es: "El proyecto está liquidado",
            "{project} repartió todo y queda cerrado.";
        en: "The project is settled",
            "{project} has distributed everything and is closed.";
    }
    /// Projects, to everybody in it; with the reason.
    ProjectCancelled {
        es: "El proyecto fue cancelado",
            "{project} no sigue adelante. Motivo: {reason}.";
        en: "The project was cancelled",
            "{project} does not go ahead. Reason: {reason}.";
    }
    /// Projects, to everybody in it; with the reason.
    FlagSet {
        es: "Marcamos el proyecto",
            "{project} tiene una observación de la administración. Motivo: {reason}.";
        en: "We flagged the project",
            "{project} has a remark by the administration. Reason: {reason}.";
    }
    /// The same event, when the flag is SUSPENDED.
    ProjectSuspended {
        es: "Suspendimos el proyecto",
            "{project} no recibe solicitudes ni hace pagos por ahora. Motivo: {reason}.";
        en: "We suspended the project",
            "{project} takes no requests and makes no payments for now. Reason: {reason}.";
    }
    /// The same event, when the flag was taken away.
    FlagCleared {
        es: "El proyecto ya no está marcado",
            "Quitamos la observación de {project}. Motivo: {reason}.";
        en: "The project is not flagged any more",
            "We took the remark on {project} away. Reason: {reason}.";
    }
    /// Projects, to everybody in it; with what changed.
    MaterialChange {
        es: "Cambió algo importante del proyecto",
            "{project}: {reason}";
        en: "Something important changed in the project",
            "{project}: {reason}";
    }
    /// The same event, when consent must be renewed.
    RenewalNeeded {
        es: "Confirma que sigues en el proyecto",
            "{project}: {reason} Renueva tu participación a tiempo, o se retira.";
        en: "Confirm that you stay in the project",
            "{project}: {reason} Renew your participation in time, or it is withdrawn.";
    }
    /// Projects, to the investor.
    AllotmentLapsed {
        es: "Venció el plazo para recoger tus productos",
            "Tus productos de {project} se venden por tu cuenta.";
        en: "The time to collect your goods is over",
            "Your goods of {project} are sold for you.";
    }
    /// Projects, to everybody in it.
    MilestoneRecorded {
        es: "El envío avanzó",
            "{project} registró un paso más de su envío.";
        en: "The shipment moved on",
            "{project} recorded one more step of its shipment.";
    }
    /// Projects, to everybody in it; with the title.
    UpdatePosted {
        es: "Hay novedades del proyecto",
            "{project}: {reason}";
        en: "There is news of the project",
            "{project}: {reason}";
    }
    /// Projects, to the owner.
    QuestionAsked {
        es: "Una pregunta espera tu respuesta",
            "Alguien preguntó algo sobre {project}.";
        en: "A question waits for your answer",
            "Somebody asked something about {project}.";
    }
    /// Projects, to whoever asked.
    QuestionAnswered {
        es: "Respondieron tu pregunta",
            "Tu pregunta sobre {project} tiene respuesta.";
        en: "Your question was answered",
            "Your question about {project} has an answer.";
    }
    /// Projects, to the owner.
    KeyInformationIssued {
        es: "La ficha de información clave está lista",
            "{project} tiene una nueva ficha de información clave.";
        en: "The key information sheet is ready",
            "{project} has a new key information sheet.";
    }
    /// Projects, to the owner; investors learn it of their participation.
    LiquidationClosed {
        es: "La liquidación terminó",
            "La mercancía de {project} está liquidada y lo obtenido, repartido.";
        en: "The liquidation is over",
            "The goods of {project} are liquidated, and what they brought is given out.";
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
}
