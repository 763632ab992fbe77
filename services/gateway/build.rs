//! The web app is carried in the program: another build of it makes another program.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
