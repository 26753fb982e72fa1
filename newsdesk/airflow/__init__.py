"""What runs inside Airflow: assets, the watcher's trigger, the body of a task.

Beside `dags/`, only here is Airflow imported.
"""
