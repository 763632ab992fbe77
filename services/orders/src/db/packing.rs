use kernel::{LineId, OrderId};
use orders_api::{OrderLine, State};
use sqlx::types::Json;
use store::{Db, Tx};

use super::OrderRow;

/// Begins a pick of an order that is to be packed, and counts it; none where it is elsewhere by now.
pub async fn begin_pick(db: &Db, order: OrderId) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar(
        "update orders set picks = picks + 1 where id = $1 and state = $2 returning picks",
    )
    .bind(order.uuid())
    .bind(State::Accepted.name())
    .fetch_optional(db)
    .await
}

/// Writes what a locked order is made of now that it was picked: contents, total and lines of `row`
/// and `lines`. What it was made of stands in `picked`.
pub async fn repack(tx: &mut Tx<'_>, row: &OrderRow, lines: &[OrderLine]) -> sqlx::Result<()> {
    sqlx::query("update orders set contents = $2, total = $3, picked = $4 where id = $1")
        .bind(row.id.uuid())
        .bind(row.contents.as_ref().map(Json))
        .bind(row.total)
        .bind(row.picked.as_ref().map(Json))
        .execute(&mut **tx)
        .await?;
    sqlx::query("delete from order_line where order_id = $1")
        .bind(row.id.uuid())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "insert into order_line (id, order_id, position, product_id, name, category, drink,
                                 quantity, net_unit_price, total, if_missing)
         select l.id, $1, l.position, l.product, l.name, l.category, l.drink, l.quantity,
                l.net_unit_price, l.total, l.if_missing
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::int[],
                     $8::bigint[], $9::bigint[], $10::text[])
              with ordinality as l (id, product, name, category, drink, quantity,
                                    net_unit_price, total, if_missing, position)",
    )
    .bind(row.id.uuid())
    .bind(lines.iter().map(|line| LineId::uuid(line.line)).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.product.uuid()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.category.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| Json(line.drink)).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.quantity as i32).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.net_unit_price.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.total.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.if_missing.name()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
