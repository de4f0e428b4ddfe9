mod cases;
mod routes;
