//! Real servers in throw-away folders.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};
use store::cluster::{self, Cluster, DATABASE, Options};

#[tokio::test]
async fn what_was_written_survives_a_killed_server() {
    let folder = Folder::new("killed");
    let options = Options::default();
    let cluster = Cluster::start(&folder.path, 0, &options).await.unwrap();
    let mut connection = connect(&cluster).await;
    sqlx::raw_sql("create table bottle (name text); insert into bottle values ('Riesling')")
        .execute(&mut connection)
        .await
        .unwrap();
    let mut pids = vec![postmaster(&cluster)];
    let others = sqlx::query_scalar::<_, i32>("select pid from pg_stat_activity");
    pids.extend(others.fetch_all(&mut connection).await.unwrap());
    assert!(pids.len() > 4, "{pids:?}");
    for pid in pids {
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }

    let again = Cluster::start(&folder.path, 0, &options).await.unwrap();
    assert!(again.is_own());
    let name: String = sqlx::query_scalar("select name from bottle")
        .fetch_one(&mut connect(&again).await)
        .await
        .unwrap();
    assert_eq!(name, "Riesling");
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_whose_postmaster_alone_was_killed_is_started_again() {
    let folder = Folder::new("beheaded");
    let cluster = folder.start().await;
    let _held = connect(&cluster).await;
    kill_process(Pid::from_raw(postmaster(&cluster)).unwrap(), Signal::KILL).unwrap();
    let again = folder.start().await;
    assert!(again.is_own());
    again.stop().await.unwrap();
}

#[tokio::test]
async fn of_two_that_start_at_once_one_makes_the_cluster_and_the_other_joins() {
    let folder = Folder::new("twice");
    let (one, other) = tokio::join!(folder.start(), folder.start());
    assert_eq!(one.port(), other.port());
    let (owner, guest) = if one.is_own() { (one, other) } else { (other, one) };
    assert!(owner.is_own() && !guest.is_own());

    guest.stop().await.unwrap();
    connect(&owner).await;
    let url = owner.url(DATABASE);
    owner.stop().await.unwrap();
    assert!(PgConnection::connect(&url).await.is_err());
}

#[tokio::test]
async fn a_server_left_running_is_joined_and_discarded() {
    let folder = Folder::new("left");
    let killed = folder.start().await;
    let (port, pid) = (killed.port(), postmaster(&killed));
    std::mem::forget(killed);

    let joined = folder.start().await;
    assert!(!joined.is_own());
    assert_eq!((joined.port(), postmaster(&joined)), (port, pid));
    cluster::discard(&folder.path).await.unwrap();
    assert!(!folder.path.exists());
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[tokio::test]
async fn a_server_that_is_still_stopping_is_waited_for() {
    let folder = Folder::new("stopping");
    drop(folder.start().await);
    let again = folder.start().await;
    assert!(again.is_own());
    connect(&again).await;
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_file_with_the_number_of_another_process_is_no_obstacle() {
    let folder = Folder::new("stale");
    let cluster = folder.start().await;
    let file = cluster.folder().join("pgdata/postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    cluster.stop().await.unwrap();

    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    fs::write(&file, format!("{}\n{}", other.id(), text.split_once('\n').unwrap().1)).unwrap();
    let owner = fs::metadata(file.parent().unwrap()).unwrap();
    std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    let again = folder.start().await;
    assert!(again.is_own());
    again.stop().await.unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_long_and_odd_path_will_do() {
    let folder = Folder::new("odd");
    let inside = folder.path.join("it's \"quoted\", $HOME and ünusual").join("x".repeat(100));
    let options = Options { throw_away: true, ..Options::default() };
    let cluster = Cluster::start(&inside, 0, &options).await.unwrap();
    connect(&cluster).await;
    cluster.stop().await.unwrap();
    cluster::discard(&inside).await.unwrap();
    assert!(!inside.exists());
}

#[tokio::test]
async fn a_folder_that_the_servers_user_cannot_reach_becomes_a_link_to_one_that_it_can() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = Folder::new("closed");
    fs::DirBuilder::new().mode(0o700).create(&folder.path).unwrap();
    let inside = folder.path.join("postgres");
    let options = Options { throw_away: true, ..Options::default() };
    for _ in 0..2 {
        let cluster = Cluster::start(&inside, 0, &options).await.unwrap();
        assert!(cluster.folder().starts_with("/var/tmp"), "{}", cluster.folder().display());
        connect(&cluster).await;
        cluster.stop().await.unwrap();
    }
    let elsewhere = fs::read_link(&inside).unwrap();
    cluster::discard(&inside).await.unwrap();
    assert!(!elsewhere.exists() && fs::read_link(&inside).is_err());
}

#[tokio::test]
async fn a_busy_port_is_named_with_the_setting_that_changes_it() {
    let folder = Folder::new("busy");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let refusal = refusal(&folder.path, port, Options::default()).await;
    assert!(refusal.contains(&format!("port {port} is in use")), "{refusal}");
    assert!(refusal.contains("TIPPLE_POSTGRES_PORT"), "{refusal}");
    assert!(!folder.path.join("pgdata").exists());
}

#[tokio::test]
async fn missing_programs_are_noticed_before_anything_is_written() {
    let folder = Folder::new("missing");
    let options = Options { programs: Some("/nowhere".into()), ..Options::default() };
    let refusal = refusal(&folder.path, 0, options).await;
    assert!(refusal.contains("/nowhere"), "{refusal}");
    assert!(refusal.contains("apt-get install postgresql"), "{refusal}");
    assert!(!folder.path.exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_with_the_setting_that_changes_it() {
    let folder = Folder::new("file");
    fs::write(&folder.path, "in the way").unwrap();
    for place in [folder.path.clone(), folder.path.join("postgres"), "/proc/tipple".into()] {
        let refusal = refusal(&place, 0, Options::default()).await;
        assert!(refusal.contains(&place.display().to_string()), "{refusal}");
        assert!(refusal.contains("TIPPLE_DATA"), "{refusal}");
    }
}

#[tokio::test]
async fn data_of_another_version_is_refused() {
    let folder = Folder::new("version");
    fs::create_dir_all(folder.path.join("pgdata")).unwrap();
    fs::write(folder.path.join("pgdata/PG_VERSION"), "9\n").unwrap();
    let refusal = refusal(&folder.path, 0, Options::default()).await;
    assert!(refusal.contains("was made by PostgreSQL 9, and only version"), "{refusal}");
}

#[tokio::test]
async fn only_a_clusters_folder_is_discarded() {
    let folder = Folder::new("precious");
    fs::create_dir_all(&folder.path).unwrap();
    fs::write(folder.path.join("cellar.txt"), "precious").unwrap();
    let refusal = cluster::discard(&folder.path).await.unwrap_err().to_string();
    assert!(refusal.contains("cellar.txt"), "{refusal}");
    assert!(folder.path.join("cellar.txt").exists());
}

#[tokio::test]
async fn a_server_with_a_password_lets_nobody_in_without_it_and_nor_does_its_copy() {
    let folder = Folder::new("password");
    fs::create_dir_all(&folder.path).unwrap();
    let password = Some("a0b1c2d3".to_owned());
    let options = Options { throw_away: true, password: password.clone(), ..Options::default() };
    let first = Cluster::start(&folder.path.join("first"), 0, &options).await.unwrap();
    let copy_of = Some(first.port());
    let copy = Options { throw_away: true, password, copy_of, ..Options::default() };
    let copy = Cluster::start(&folder.path.join("copy"), 0, &copy).await.unwrap();
    for server in [&first, &copy] {
        connect(server).await;
        let stranger = server.url(DATABASE).replace(":a0b1c2d3@", "@");
        assert!(PgConnection::connect(&stranger).await.is_err(), "{stranger}");
    }
    let mut connection = connect(&first).await;
    let followers = "select count(*) from pg_stat_replication where state = 'streaming'";
    for turn in 0.. {
        let many: i64 = sqlx::query_scalar(followers).fetch_one(&mut connection).await.unwrap();
        if many == 1 {
            break;
        }
        assert!(turn < 600, "nobody follows it");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    copy.stop().await.unwrap();
    first.stop().await.unwrap();
    let again = Cluster::start(&folder.path.join("first"), 0, &options).await.unwrap();
    connect(&again).await;
    again.stop().await.unwrap();
}

async fn refusal(folder: &Path, port: u16, options: Options) -> String {
    format!("{:#}", Cluster::start(folder, port, &options).await.unwrap_err())
}

async fn connect(cluster: &Cluster) -> PgConnection {
    PgConnection::connect(&cluster.url(DATABASE)).await.unwrap()
}

fn postmaster(cluster: &Cluster) -> i32 {
    let text = fs::read_to_string(cluster.folder().join("pgdata/postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

/// A folder for one test, deleted afterwards.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("cluster-{name}-{}", std::process::id());
        Self { path: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name) }
    }

    async fn start(&self) -> Cluster {
        let options = Options { throw_away: true, ..Options::default() };
        Cluster::start(&self.path, 0, &options).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path).or_else(|_| fs::remove_file(&self.path));
    }
}
