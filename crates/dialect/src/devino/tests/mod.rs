mod batches;
mod cases;
mod codes;
mod logins;
