//! Files from elsewhere: what is taken of them, what is refused, and that a broken one does nothing.

mod broken;
mod exported;
mod iowa;
mod products;
mod stock;
mod stores;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use catalogue::import::{self, Broken, Counts, Import, Kind, Mapping, Report, Summary};
use kernel::{ProductId, StoreId};
use store::Db;

use crate::shop::Shop;

/// A place to import files at.
struct Desk {
    shop: Shop,
    db: Db,
    folder: PathBuf,
}

/// What an import came to.
struct Done {
    summary: Summary,
    /// How many rows each code was said of.
    codes: BTreeMap<&'static str, u64>,
    /// The report's lines, without its header.
    report: Vec<[String; 5]>,
}

impl Desk {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let url = format!("{}?options=-csearch_path%3Dcatalogue,public", shop.bench.database_url);
        let db = Db::connect(&url).await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(shop.store.to_string());
        fs::create_dir_all(&folder).unwrap();
        Self { shop, db, folder }
    }

    fn file(&self, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.folder.join(format!("{}.csv", StoreId::new()));
        fs::write(&file, content).unwrap();
        file
    }

    async fn import(&self, import: &Import) -> anyhow::Result<Done> {
        let path = self.folder.join("report.csv");
        let mut report = Report::to_file(&path)?;
        let done = import::run(&self.db, &self.shop.bench.clock, import, &mut report, |_| ()).await;
        let codes = report.counts().map(|(_, code, count)| (code, count.rows)).collect();
        let mut reader = csv::Reader::from_path(&path)?;
        let lines = reader.deserialize().collect::<Result<Vec<[String; 5]>, _>>()?;
        done.map(|summary| Done { summary, codes, report: lines })
    }

    /// Imports a text for good by a mapping.
    async fn take(&self, mapping: &str, content: impl AsRef<[u8]>) -> anyhow::Result<Done> {
        self.import(&a(mapping, self.file(content))).await
    }

    /// The code and line of a file that must be refused as a whole.
    async fn broken(&self, mapping: &str, content: impl AsRef<[u8]>) -> (&'static str, u64) {
        let error = self.take(mapping, content).await.err().expect("a broken file");
        let broken = error.downcast_ref::<Broken>().unwrap_or_else(|| panic!("{error:#}"));
        (broken.code, broken.line)
    }

    async fn count(&self, what: &'static str) -> i64 {
        sqlx::query_scalar(what).fetch_one(&self.db).await.unwrap()
    }

    async fn products(&self) -> i64 {
        self.count("select count(*) from product").await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Done {
    fn of(&self, code: &str) -> u64 {
        self.codes.get(code).copied().unwrap_or_default()
    }

    /// The lines of the report with a code.
    fn lines(&self, code: &str) -> Vec<&str> {
        self.report.iter().filter(|line| line[3] == code).map(|line| line[0].as_str()).collect()
    }
}

/// The product of a key.
async fn product(desk: &Desk, key: &str) -> ProductId {
    let id: sqlx::types::Uuid = sqlx::query_scalar("select id from product where source_key = $1")
        .bind(key)
        .fetch_one(&desk.db)
        .await
        .unwrap();
    id.into()
}

/// An import for good by a mapping.
fn a(mapping: &str, file: PathBuf) -> Import {
    let mapping = Arc::new(Mapping::read(mapping).unwrap());
    Import { file, mapping, store: None, commit: true, low_threshold: 5 }
}

/// An import for good of what was exported.
fn own(kind: Kind, file: PathBuf) -> Import {
    let mapping = Arc::new(Mapping::own(kind).unwrap());
    Import { file, mapping, store: None, commit: true, low_threshold: 5 }
}

const fn counts(new: u64, changed: u64, unchanged: u64) -> Counts {
    Counts { new, changed, unchanged }
}

/// A simple list of products.
const LIST: &str = r#"
    kind = "products"
    source = "list"
    [columns]
    key = "no"
    name = "name"
    category = "kind"
    abv = "abv"
    volume = { column = "ml", unit = "ml" }
    gtin = { column = "code", pad = 12 }
    price = "price"
    [warn]
    sleeve = { up_to_ml = 100, times = 3 }
    bundle = [" W/"]
    [categories]
    class = "spirits"
    names = { gin = "spirits/gin", wine = { path = "wine/red", class = "wine" } }
"#;

const HEADER: &str = "no,name,kind,abv,ml,code,price\n";
