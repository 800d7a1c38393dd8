//! The public face of the platform: GraphQL over HTTP, answered by the services.
