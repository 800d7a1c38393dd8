//! Notices of projects.

macro_rules! projects {
    ([$($rest:ident)*] $($before:tt)*) => { gather! { [$($rest)*] $($before)*
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
            "{project} cambió en algo sustancial: «{reason}».";
        en: "Something important changed in the project",
            "{project} changed materially: “{reason}”.";
    }
    /// The same event, when consent must be renewed.
    RenewalNeeded {
        es: "Confirma que sigues en el proyecto",
            "{project} cambió en algo sustancial: «{reason}». Renueva tu participación a tiempo, o \
             se retira.";
        en: "Confirm that you stay in the project",
            "{project} changed materially: “{reason}”. Renew your participation in time, or it is \
             withdrawn.";
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
            "{project} publicó «{reason}».";
        en: "There is news of the project",
            "{project} posted “{reason}”.";
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
    } };
}
pub(super) use projects;
