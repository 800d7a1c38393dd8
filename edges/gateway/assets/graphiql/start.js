// GraphiQL with the token of who is signed in; one in the headers editor goes before it.
const ask = GraphiQL.createFetcher({ url: '/graphql', headers: { 'x-fondeo-csrf': '1' } });
signIn.begin().then(() =>
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, {
      fetcher: (query, options) =>
        ask(query, { ...options, headers: { ...signIn.headers(), ...options?.headers } }),
      defaultQuery: `# Sign in above to see what is yours, as in
# { account { email roles } }
{
  projects {
    projects {
      name
      state
      offering {
        goal { amount currency }
        room { amount }
      }
    }
  }
}
`,
      shouldPersistHeaders: false,
    }),
  ),
);
