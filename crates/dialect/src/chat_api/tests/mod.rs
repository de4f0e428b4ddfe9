mod cases;
mod hooks;
