mod calls;
mod cases;
mod notices;
mod traps;
mod world;
