use sqlx::FromRow;
use store::{Lagging, Tx};

/// A category and how many active products it and all below it have.
#[derive(Debug, Clone, FromRow)]
pub struct CategoryRow {
    pub path: String,
    pub name: String,
    pub products: i64,
}

/// Makes sure that categories and all above them exist. New ones are named after their slugs.
pub async fn ensure(tx: &mut Tx<'_>, paths: &[String]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into category (path, name)
         select distinct parts.path,
                left(initcap(replace(regexp_replace(parts.path, '^.*/', ''), '-', ' ')), 100)
         from unnest($1::text[]) as wanted (path)
         cross join lateral (
             select array_to_string((string_to_array(wanted.path, '/'))[:depth], '/') as path
             from generate_series(1, cardinality(string_to_array(wanted.path, '/'))) as depth) parts
         order by 1
         on conflict do nothing",
    )
    .bind(paths)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sets what a category is called, and makes it where it does not exist.
pub async fn rename(tx: &mut Tx<'_>, path: &str, name: &str) -> sqlx::Result<()> {
    ensure(tx, &[path.to_owned()]).await?;
    sqlx::query("update category set name = $2 where path = $1")
        .bind(path)
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A page of all categories in the order of their paths, so that each comes after what it is in.
pub async fn page(db: &Lagging, after: Option<&str>, limit: u32) -> sqlx::Result<Vec<CategoryRow>> {
    sqlx::query_as(
        "with page as (
             select path, name from category where $1::text is null or path > $1
             order by path limit $2)
         select page.path, page.name,
                (select count(*) from product
                 where active and (category = page.path or category like page.path || '/%')) as products
         from page order by page.path",
    )
    .bind(after)
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
