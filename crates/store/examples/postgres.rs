#[path = "../../../tipple/src/commands/postgres.rs"]
mod postgres;
#[tokio::main]
async fn main() -> anyhow::Result<std::process::ExitCode> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let folder = args.remove(0);
    postgres::run(std::path::Path::new(&folder), 0, args).await
}
