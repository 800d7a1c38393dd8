//! Notices of a person's account: what Auth and Users tell.

macro_rules! accounts {
    ([$($rest:ident)*] $($before:tt)*) => { gather! { [$($rest)*] $($before)*
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
    } };
}
pub(super) use accounts;
