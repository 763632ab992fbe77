use std::collections::HashMap;

use anyhow::Context as _;
use jiff::Timestamp;
use kernel::ProductId;
use sqlx::FromRow;
use store::Tx;
use uuid::Uuid;

use crate::{
    import::products::{NewProduct, Product},
    product::{Container, class_name, class_named},
};

/// A product that a row means.
pub struct Known {
    pub id: ProductId,
    /// Who has the row's key.
    key_of: Option<ProductId>,
    pub product: Product,
}

impl Known {
    /// Whether the row's id and its key mean different products.
    pub fn is_another(&self, id: Option<ProductId>) -> bool {
        id.is_some_and(|id| id != self.id || self.key_of.is_some_and(|other| other != id))
    }
}

#[derive(FromRow)]
struct KnownRow {
    place: i64,
    key_of: Option<Uuid>,
    id: Uuid,
    name: String,
    producer: String,
    category: String,
    class: String,
    abv_bp: i32,
    volume_ml: i32,
    pack: i32,
    container: String,
    vintage: Option<i32>,
    country: Option<String>,
    region: Option<String>,
    gtin: Option<String>,
    description: String,
    active: bool,
}

/// The products that these rows mean, by id or else by source and key, in the order of the rows;
/// nobody else can change them until `tx` ends.
pub async fn known<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = &'a NewProduct>,
) -> anyhow::Result<Vec<Option<Known>>> {
    let (mut ids, mut sources, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        ids.push(row.id.map(ProductId::uuid));
        sources.push(row.source.as_deref());
        keys.push(row.key.as_deref());
    }
    let found: Vec<KnownRow> = sqlx::query_as(
        "select asked.place, by_key.id as key_of, p.*
         from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality
              as asked (id, source, key, place)
         left join product by_id on by_id.id = asked.id
         left join product by_key on by_key.source = asked.source and by_key.source_key = asked.key
         join product p on p.id = coalesce(by_id.id, by_key.id)
         order by p.id for no key update of p",
    )
    .bind(&ids)
    .bind(&sources)
    .bind(&keys)
    .fetch_all(&mut **tx)
    .await?;
    let mut known: Vec<Option<Known>> = ids.iter().map(|_| None).collect();
    for row in found {
        let place = usize::try_from(row.place - 1)?;
        known[place] = Some(row.read()?);
    }
    Ok(known)
}

impl KnownRow {
    fn read(self) -> anyhow::Result<Known> {
        let product = Product {
            name: self.name,
            producer: self.producer,
            category: self.category,
            class: class_named(&self.class).context("a class of alcohol")?,
            abv_bp: self.abv_bp,
            volume_ml: self.volume_ml,
            pack: self.pack,
            container: Container::named(&self.container).context("a container")?,
            vintage: self.vintage,
            country: self.country,
            region: self.region,
            gtin: self.gtin,
            description: self.description,
            active: self.active,
        };
        let key_of = self.key_of.map(ProductId::from_uuid);
        Ok(Known { id: ProductId::from_uuid(self.id), key_of, product })
    }
}

const SAVE: &str =
    "insert into product (id, source, source_key, name, producer, category, class, abv_bp,
                          volume_ml, pack, container, vintage, country, region, gtin, description,
                          active, created_at, changed_at)
     select n.*, $18, $18
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                 $7::text[], $8::integer[], $9::integer[], $10::integer[], $11::text[],
                 $12::integer[], $13::text[], $14::text[], $15::text[], $16::text[],
                 $17::boolean[]) as n
     on conflict (id) do update set
         name = excluded.name, producer = excluded.producer, category = excluded.category,
         class = excluded.class, abv_bp = excluded.abv_bp, volume_ml = excluded.volume_ml,
         pack = excluded.pack, container = excluded.container, vintage = excluded.vintage,
         country = excluded.country, region = excluded.region, gtin = excluded.gtin,
         description = excluded.description, active = excluded.active,
         changed_at = excluded.changed_at, version = product.version + 1
     returning id, version";

/// Writes products that are new or changed, in the order of their ids, and gives their versions.
pub async fn save<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = (ProductId, &'a NewProduct, &'a Product)>,
    at: Timestamp,
) -> sqlx::Result<HashMap<ProductId, i64>> {
    let rows: Vec<(ProductId, &NewProduct, &Product)> = rows.collect();
    let products = || rows.iter().map(|row| row.2);
    let versions: Vec<(Uuid, i64)> = sqlx::query_as(SAVE)
        .bind(rows.iter().map(|row| row.0.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1.source.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1.key.as_deref()).collect::<Vec<_>>())
        .bind(products().map(|it| it.name.as_str()).collect::<Vec<_>>())
        .bind(products().map(|it| it.producer.as_str()).collect::<Vec<_>>())
        .bind(products().map(|it| it.category.as_str()).collect::<Vec<_>>())
        .bind(products().map(|it| class_name(it.class)).collect::<Vec<_>>())
        .bind(products().map(|it| it.abv_bp).collect::<Vec<_>>())
        .bind(products().map(|it| it.volume_ml).collect::<Vec<_>>())
        .bind(products().map(|it| it.pack).collect::<Vec<_>>())
        .bind(products().map(|it| it.container.name()).collect::<Vec<_>>())
        .bind(products().map(|it| it.vintage).collect::<Vec<_>>())
        .bind(products().map(|it| it.country.as_deref()).collect::<Vec<_>>())
        .bind(products().map(|it| it.region.as_deref()).collect::<Vec<_>>())
        .bind(products().map(|it| it.gtin.as_deref()).collect::<Vec<_>>())
        .bind(products().map(|it| it.description.as_str()).collect::<Vec<_>>())
        .bind(products().map(|it| it.active).collect::<Vec<_>>())
        .bind(store::instant(at))
        .fetch_all(&mut **tx)
        .await?;
    Ok(versions.into_iter().map(|(id, version)| (ProductId::from_uuid(id), version)).collect())
}
