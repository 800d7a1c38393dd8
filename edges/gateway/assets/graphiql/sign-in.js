// Gets this page a token of the person who is signed in: a code with PKCE, as any public client.
// The token stays in this tab, and ends with it.
const signIn = (() => {
  const client = 'fondeo-graphiql';
  const back = `${location.origin}/graphql`;
  const spanish = navigator.language.startsWith('es');
  const words = spanish
    ? {
        nobody: 'Sin sesión: solo ves lo público.',
        as: 'Como',
        enter: 'Iniciar sesión',
        leave: 'Olvidar el token',
        over: 'El token venció: inicia sesión otra vez.',
        failed: 'No se obtuvo un token',
      }
    : {
        nobody: 'Not signed in: you see what is public.',
        as: 'As',
        enter: 'Sign in',
        leave: 'Forget the token',
        over: 'The token has expired: sign in again.',
        failed: 'No token was given',
      };
  const find = (id) => document.getElementById(id);
  const base64 = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const secret = () => base64(crypto.getRandomValues(new Uint8Array(32)));
  const form = (fields) => new URLSearchParams(fields);

  const held = () => JSON.parse(sessionStorage.getItem('fondeo-token') ?? 'null');

  function show(text) {
    const token = held();
    find('who').textContent = text ?? (token ? `${words.as} ${token.email}` : words.nobody);
    find('sign-in').hidden = Boolean(token);
    find('leave').hidden = !token;
  }

  function leave(text) {
    sessionStorage.removeItem('fondeo-token');
    show(text);
  }

  async function enter() {
    const verifier = secret();
    const state = secret();
    sessionStorage.setItem('fondeo-asked', JSON.stringify({ verifier, state }));
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    location.assign(`/oauth2/authorize?${form({
      response_type: 'code',
      client_id: client,
      redirect_uri: back,
      scope: 'openid fondeo',
      state,
      code_challenge: base64(new Uint8Array(hash)),
      code_challenge_method: 'S256',
    })}`);
  }

  async function exchange(answer) {
    const asked = JSON.parse(sessionStorage.getItem('fondeo-asked') ?? '{}');
    sessionStorage.removeItem('fondeo-asked');
    history.replaceState(null, '', '/graphql');
    if (!answer.get('code') || answer.get('state') !== asked.state) {
      throw new Error(answer.get('error') ?? 'state');
    }
    const response = await fetch('/oauth2/token', {
      method: 'POST',
      body: form({
        grant_type: 'authorization_code',
        client_id: client,
        code: answer.get('code'),
        redirect_uri: back,
        code_verifier: asked.verifier,
      }),
    });
    const token = await response.json();
    if (!response.ok) throw new Error(token.error);
    const headers = { authorization: `Bearer ${token.access_token}` };
    const who = await (await fetch('/oauth2/userinfo', { headers })).json();
    const until = Date.now() + token.expires_in * 1000;
    const kept = { access: token.access_token, email: who.email, until };
    sessionStorage.setItem('fondeo-token', JSON.stringify(kept));
  }

  async function begin() {
    find('sign-in').textContent = words.enter;
    find('leave').textContent = words.leave;
    find('sign-in').addEventListener('click', enter);
    find('leave').addEventListener('click', () => leave());
    const answer = new URLSearchParams(location.search);
    if (!answer.has('state')) return show();
    try {
      await exchange(answer);
      show();
    } catch (error) {
      show(`${words.failed}: ${error.message}`);
    }
  }

  /** What a request carries: the token while it lives. */
  function headers() {
    const token = held();
    if (!token) return {};
    if (token.until > Date.now()) return { authorization: `Bearer ${token.access}` };
    leave(words.over);
    return {};
  }

  return { begin, headers };
})();
