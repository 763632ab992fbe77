//! Nobody inside the house calls the gateway.
