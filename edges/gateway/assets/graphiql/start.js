// A token goes into the headers editor: { "Authorization": "Bearer …" }
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql', headers: { 'x-fondeo-csrf': '1' } }),
    defaultQuery: '{\n  projects {\n    projects {\n      name\n      state\n      offering { goal { amount currency } room { amount } }\n    }\n  }\n}\n',
    shouldPersistHeaders: false,
  }),
);
