//! Replaying a project's events gives its row; whoever changes a row by hand is found.

use sqlx::Executor as _;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage};

#[tokio::test]
async fn a_row_that_was_changed_by_hand_is_found_by_its_record() {
    let mut stage = Stage::set(false).await;
    let project = in_execution(&mut stage).await;
    assert_eq!(stage.look(&project).await.settlement_phase, "INTERIM");
    assert_eq!(stage.findings().await, [""; 0]);

    let mut superuser = stage.database.superuser_connection().await;
    for (tamper, back, part) in [
        (
            "projects SET flag = 'NONE'",
            "projects SET flag = 'DISPUTED'",
            "flag",
        ),
        (
            "projects SET settlement_phase = 'NONE'",
            "projects SET settlement_phase = 'INTERIM'",
            "settlement phase",
        ),
        (
            "projects SET terms = jsonb_set(terms, '{margin}', '1')",
            "projects SET terms = jsonb_set(terms, '{margin}', '300000')",
            "terms",
        ),
        (
            "stock_closures SET units = 4 WHERE kind = 'WRITE_OFF'",
            "stock_closures SET units = 5 WHERE kind = 'WRITE_OFF'",
            "closures",
        ),
        (
            "products SET received = received + 1 WHERE sku = 'LP-18'",
            "products SET received = received - 1 WHERE sku = 'LP-18'",
            "stock",
        ),
    ] {
        let statement = |set: &str| sqlx::AssertSqlSafe(format!("UPDATE {set}"));
        superuser
            .execute(sqlx::raw_sql(statement(tamper)))
            .await
            .unwrap();
        let told = format!("project {project}: its record tells otherwise: {part}");
        assert!(stage.findings().await.contains(&told), "{part}");
        superuser
            .execute(sqlx::raw_sql(statement(back)))
            .await
            .unwrap();
        assert_eq!(stage.findings().await, [""; 0], "{part}");
    }
    superuser
        .execute("SET session_replication_role = replica")
        .await
        .unwrap();
    let gone = sqlx::query("DELETE FROM projects WHERE project_id = $1::uuid").bind(&project);
    superuser.execute(gone).await.unwrap();
    let told = format!("project {project}: it is recorded, and its row is gone");
    assert!(stage.findings().await.contains(&told));
}

/// With goods received, handed over, sold, bought back and written off, a flag and a run.
async fn in_execution(stage: &mut Stage) -> String {
    let half = GOAL / 2;
    let shares = [true, false].map(|goods| Share { goods, minor: half });
    let (project, holders) = stage.executed(&shares).await;
    let count = ["AF-50", "BS-10", "TB-35", "DS-16", "LP-18"].map(|sku| (sku, 10));
    stage.receive(&project, &count, "").await.unwrap();
    let holder = &holders[0];
    stage
        .hand_over(&holder.person, &project, holder.participation)
        .await
        .unwrap();
    stage
        .sell(&project, &[("AF-50", 1, 700), ("BS-10", 2, 900)])
        .await
        .unwrap();
    let closure = stage.buy_back(&project, ("TB-35", 5)).await.unwrap();
    let patricia = stage.patricia.clone();
    stage.agree(&patricia, &project, &closure).await.unwrap();
    stage
        .write_off(&project, ("DS-16", 5), "broken")
        .await
        .unwrap();
    stage
        .flag(&patricia, &project, ("DISPUTED", "a count"))
        .await
        .unwrap();
    stage.run_posted(&project, "INTERIM").await.unwrap();
    project
}
